import type { Database } from 'better-sqlite3';
import { where, type Condition } from './where.ts';

/** So many rows are looked at to count those that fit: some milliseconds. What has more is not counted. */
export const countedAtMost = 10_000;

export interface Counting {
  /** Tables and joins. */
  readonly from: string;
  /** Conditions that an index of the table answers: they decide how many rows are looked at. */
  readonly by: readonly Condition[];
  /** The others: each row that is looked at is asked for them. */
  readonly fit?: readonly Condition[];
  /** What each row that fits counts for; default: one. */
  readonly weight?: string;
  /** Default: `countedAtMost`. */
  readonly atMost?: number;
}

/** How many rows fit; undefined where more would have to be looked at than is quick. */
export const totalOf = (
  db: Database,
  { from, by, fit = [], weight = '1', atMost = countedAtMost }: Counting,
): number | undefined => {
  const fits = where(...fit);
  const near = where(...by);
  // Its own LIMIT: whatever the conditions are, no more than so many rows are read.
  const row = db
    .prepare<(string | number)[], { readonly looked: number; readonly total: number | null }>(
      `SELECT count(*) AS looked, sum(weight) AS total FROM (
         SELECT CASE WHEN ${fits.sql === '' ? '1' : fits.sql.replace('WHERE ', '')} THEN ${weight} ELSE 0 END AS weight
         FROM ${from} ${near.sql} LIMIT ?)`,
    )
    .get(...fits.values, ...near.values, atMost + 1);
  return row === undefined || row.looked > atMost ? undefined : (row.total ?? 0);
};
