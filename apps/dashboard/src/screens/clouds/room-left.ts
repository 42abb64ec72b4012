import type { CloudReport } from '@osm/api-client';

type Quota = CloudReport['quotas'][number];

/** A limit and what of it is used. */
export interface Room {
  /** Of 1; undefined where there is no limit. */
  readonly used: number | undefined;
  /** In words: `3 of 10`. */
  readonly words: string;
  /** Nine tenths are used, or all. */
  readonly state: 'ok' | 'nearly full' | 'full';
}

/** How much of a limit is used. */
export const roomLeft = ({ limit, in_use: inUse }: Quota): Room => {
  if (limit === null) return { used: undefined, words: `${count(inUse)}, no limit`, state: 'ok' };
  const used = limit === 0 ? 1 : inUse / limit;
  const state = used >= 1 ? 'full' : used >= 0.9 ? 'nearly full' : 'ok';
  return { used: Math.min(used, 1), words: `${count(inUse)} of ${count(limit)}`, state };
};

const count = (number: number): string => number.toLocaleString('en');
