import type { Verdict } from '@osm/contracts';

/** Why an attribute is not simply copied, for the fidelity report. */
export interface Left {
  readonly verdict: Extract<Verdict, 'lost' | 'impossible' | 'mapped'>;
  readonly reason: string;
}

/** An API could carry it, but we do not: say why. */
export const lost = (reason: string): Left => ({ verdict: 'lost', reason });

/** The cloud makes it itself; no API can set it. */
export const impossible = (reason: string): Left => ({ verdict: 'impossible', reason });

/** It is carried, but elsewhere or in another form. */
export const mapped = (reason: string): Left => ({ verdict: 'mapped', reason });

/** What almost every resource shows of its own making. */
export const madeByTheCloud = {
  id: impossible('each cloud gives its own ids'),
  status: impossible('the state of the moment'),
  created_at: impossible('the day of its creation at the destination'),
  updated_at: impossible('the day of its last change at the destination'),
} as const;
