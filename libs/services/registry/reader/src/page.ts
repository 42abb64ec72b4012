import type { Page } from '@osm/contracts';
import { Failure } from '@osm/kernel';

/** What a page goes on after: the values by which the rows are ordered, of the last row before. */
export type PageKey = readonly (string | number)[];

/** The rows of one page where nobody says how many. */
export const usualLimit = 100;

/** The values in a cursor; undefined without one. Raises `bad-cursor` where they are not of these kinds. */
export const keyOf = (cursor: string | undefined, ...kinds: readonly ('string' | 'number')[]): PageKey | undefined => {
  if (cursor === undefined) return undefined;
  const values = parsed(cursor);
  if (values.length !== kinds.length || values.some((value, at) => typeof value !== kinds[at])) throw badCursor(cursor);
  return values.filter((value) => typeof value === 'string' || typeof value === 'number');
};

/** A page of rows of which one more than `limit` was read. */
export const pageOf = <Row, Shown>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => PageKey,
  shown: (row: Row) => Shown,
): Page<Shown> => {
  const taken = rows.slice(0, limit);
  const last = taken.at(-1);
  return {
    items: taken.map(shown),
    next: last === undefined || rows.length <= limit ? null : cursorOf(key(last)),
  };
};

/**
 * The page, with the number of all rows that fit where it is the first one and that number is known: those who go on know it
 * already.
 */
export const withTotal = <Row>(
  page: Page<Row>,
  after: string | undefined,
  count: () => number | undefined,
): Page<Row> => {
  if (after !== undefined) return page;
  const total = page.next === null ? page.items.length : count();
  return total === undefined ? page : { ...page, total };
};

/** The text that stands for a key: nobody but `keyOf` reads it. */
export const cursorOf = (key: PageKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const parsed = (cursor: string): readonly unknown[] => {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(values)) return values;
  } catch (error) {
    throw badCursor(cursor, error);
  }
  throw badCursor(cursor);
};

const badCursor = (cursor: string, cause?: unknown): Failure =>
  new Failure('bad-cursor', `cannot go on after ${cursor}: it is no cursor of this list`, {
    remedy: 'Give `next` of the page before as it is, or leave `after` out to begin at the beginning.',
    cause,
  });
