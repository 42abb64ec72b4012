import type { FidelityItem } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { verdictPage, type AskVerdict, type VerdictPlace } from './verdict-page.ts';
import { verdicts, type Verdict } from './verdicts.ts';

const row = (verdict: Verdict, attribute: string): FidelityItem => ({
  ...{ resource_type: 'network', source_id: '1', destination_id: '2', name: null, project_id: null },
  ...{ attribute, verdict, reason: null, source: null, destination: null },
});

/** Answers two rows a page, and notes what it was asked. */
const answering = (there: Partial<Record<Verdict, number>>) => {
  const asked: string[] = [];
  const ask: AskVerdict = (verdict, after) => {
    asked.push(after === undefined ? verdict : `${verdict} after ${after}`);
    const all = Array.from({ length: there[verdict] ?? 0 }, (_, at) => row(verdict, `${verdict}${at}`));
    const from = after === undefined ? 0 : Number(after);
    const more = from + 2 < all.length;
    return Promise.resolve({ items: all.slice(from, from + 2), next: more ? String(from + 2) : null });
  };
  return { ask, asked };
};

const everything = async (ask: AskVerdict): Promise<readonly (readonly string[])[]> => {
  const pages: (readonly string[])[] = [];
  let place: VerdictPlace | undefined = { verdicts };
  while (place !== undefined) {
    const { items, next }: Awaited<ReturnType<typeof verdictPage>> = await verdictPage(ask, place);
    pages.push(items.map(({ attribute }) => attribute));
    place = next;
  }
  return pages;
};

describe('the list that begins with the worst', () => {
  it('has all of a verdict before any of the next, and leaves out nothing', async () => {
    const { ask } = answering({ equal: 3, lost: 3, mapped: 1 });
    expect(await everything(ask)).toEqual([
      ['lost0', 'lost1'],
      ['lost2'],
      ['mapped0'],
      ['equal0', 'equal1'],
      ['equal2'],
    ]);
  });

  it('goes past verdicts of which there is nothing within one page', async () => {
    const { ask, asked } = answering({ equal: 1 });
    expect(await everything(ask)).toEqual([['equal0']]);
    expect(asked).toEqual(['lost', 'impossible', 'unknown', 'mapped', 'equal']);
  });

  it('is empty where there is nothing', async () => {
    expect(await everything(answering({}).ask)).toEqual([[]]);
  });

  it('ends after the one verdict that is wanted', async () => {
    const { ask } = answering({ lost: 1, equal: 1 });
    expect(await verdictPage(ask, { verdicts: ['lost'] })).toMatchObject({
      items: [{ attribute: 'lost0' }],
      next: undefined,
    });
  });
});
