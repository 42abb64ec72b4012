import type { Call, Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';

/** Rows that Cinder shows in one page at most (osapi_max_limit). */
const LARGEST_PAGE = 1000;

/** The base of Cinder's links to itself: with the project in it exactly when the request has it. */
export function linkBase(call: Call, version: '/v3' | ''): string {
  const project = call.params.project;
  return `${call.baseUrl}${version}${project === undefined ? '' : `/${project}`}`;
}

/** Links of one row. */
export function linksOf(call: Call, collection: string, id: string): Json {
  return [
    { rel: 'self', href: `${linkBase(call, '/v3')}/${collection}/${id}` },
    { rel: 'bookmark', href: `${linkBase(call, '')}/${collection}/${id}` },
  ];
}

/** How a list of Cinder is cut. */
export interface Listing<Row extends { readonly id: string }> {
  /** Path below the project: `volumes/detail`. */
  readonly path: string;
  /** Key of the rows and of their links: `volumes`, `volumes_links`. */
  readonly key: string;
  readonly links: string;
  view(row: Row): JsonObject;
  missingMarker(id: string): Refusal;
}

/**
 * A page of rows, newest first. A page that is as long as the limit names a next one, even when nothing follows
 * (cinder/api/common.py _get_collection_links).
 */
export function listBody<Row extends { readonly id: string }>(
  call: Call,
  rows: readonly Row[],
  listing: Listing<Row>,
): JsonObject {
  const marker = call.query.get('marker');
  const at = marker === null ? -1 : rows.findIndex((row) => row.id === marker);
  if (marker !== null && at < 0) throw listing.missingMarker(marker);
  const offset = numberOf(call, 'offset') ?? 0;
  const limit = Math.min(numberOf(call, 'limit') ?? LARGEST_PAGE, call.cloud.maxPage(LARGEST_PAGE));
  const cut = rows.slice(at + 1 + offset).slice(0, limit);
  const body: JsonObject = { [listing.key]: cut.map((row) => listing.view(row)) };
  const last = cut.at(-1);
  if (last !== undefined && cut.length >= limit) {
    const query = new URLSearchParams(call.query);
    query.set('marker', last.id);
    body[listing.links] = [{ rel: 'next', href: `${linkBase(call, '/v3')}/${listing.path}?${query.toString()}` }];
  }
  return body;
}

/** Rows in the order that `sort` or `sort_key` and `sort_dir` ask for; by creation, newest first, without them. */
export function sorted<Row>(
  call: Call,
  rows: readonly Row[],
  valueOf: (row: Row, key: string) => string | number | null | undefined,
): Row[] {
  const sort = call.query.get('sort');
  if (sort !== null && (call.query.has('sort_key') || call.query.has('sort_dir'))) {
    throw new Refusal(
      400,
      'The "sort_key" and "sort_dir" parameters are deprecated and cannot be used with the "sort" parameter.',
    );
  }
  const classic = `${call.query.get('sort_key') ?? 'created_at'}:${call.query.get('sort_dir') ?? 'desc'}`;
  const terms = (sort ?? classic).split(',').map((term) => term.split(':').map((part) => part.trim()));
  const newestFirst = [...rows].reverse();
  for (const [key = ''] of terms) {
    const [sample] = newestFirst;
    if (sample !== undefined && valueOf(sample, key) === undefined) {
      throw new Refusal(400, 'Invalid input received: Invalid sort key');
    }
  }
  if (sort === null && classic === 'created_at:desc') return newestFirst;
  return newestFirst.sort((a, b) => {
    for (const [key = '', direction = 'desc'] of terms) {
      const sign = compare(valueOf(a, key), valueOf(b, key));
      if (sign !== 0) return direction === 'asc' ? sign : -sign;
    }
    return 0;
  });
}

function compare(a: string | number | null | undefined, b: string | number | null | undefined): number {
  const left = a ?? '';
  const right = b ?? '';
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function numberOf(call: Call, key: 'limit' | 'offset'): number | undefined {
  const text = call.query.get(key);
  if (text === null) return undefined;
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Refusal(400, `${key} param must be an integer`);
  if (Number(text) < 0) throw new Refusal(400, `${key} param must be positive`);
  return Number(text);
}
