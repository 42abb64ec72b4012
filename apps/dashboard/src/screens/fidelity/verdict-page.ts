import type { FidelityItem } from '@osm/api-client';
import type { Verdict } from './verdicts.ts';

/** Where a list that goes verdict by verdict is to go on. */
export interface VerdictPlace {
  /** Those that are still to be shown, the one at hand first. */
  readonly verdicts: readonly Verdict[];
  readonly after?: string;
}

/** A page, and where the next begins; undefined: that was all. */
export interface VerdictPage {
  readonly items: readonly FidelityItem[];
  readonly next: VerdictPlace | undefined;
}

/** Asks for one page of one verdict. */
export type AskVerdict = (
  verdict: Verdict,
  after: string | undefined,
) => Promise<{ readonly items: readonly FidelityItem[]; readonly next: string | null }>;

/**
 * The next page of a list that has all of one verdict before any of the next. Verdicts of which there is nothing are gone
 * past, so that only the end has a page of no rows.
 */
export const verdictPage = async (ask: AskVerdict, { verdicts, after }: VerdictPlace): Promise<VerdictPage> => {
  const [verdict, ...rest] = verdicts;
  if (verdict === undefined) return { items: [], next: undefined };
  const { items, next } = await ask(verdict, after);
  if (next !== null) return { items, next: { verdicts, after: next } };
  if (items.length === 0) return verdictPage(ask, { verdicts: rest });
  return { items, next: rest.length === 0 ? undefined : { verdicts: rest } };
};
