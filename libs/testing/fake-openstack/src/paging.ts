import type { Call, Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';

/** How a list is cut and how its next page is named. */
export interface PageStyle {
  /** Key of the list in the body: `networks`. */
  readonly collection: string;
  /** `links`: `<collection>_links: [{rel, href}]` (nova, neutron, cinder); `next`: a relative path in `next` (glance). */
  readonly next: 'links' | 'next';
  /** The service's own largest page; Infinity when it has none. */
  readonly max: number;
  /** Where the links point when not to the base URL plus path. */
  readonly linkBase?: string;
  /** Message of the refusal of an unknown marker; undefined: an empty page. */
  unknownMarker?(marker: string): Refusal;
}

/** One page of rows. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** URL (or path, for `next`) of the next page, when there is one. */
  readonly next: string | undefined;
}

/** Cuts `rows` by the call's `limit` and `marker`. A page is followed by another exactly when rows remain. */
export function page<Row>(call: Call, rows: readonly Row[], style: PageStyle, idOf: (row: Row) => string): Page<Row> {
  const marker = call.query.get('marker');
  const at = marker === null ? -1 : rows.findIndex((row) => idOf(row) === marker);
  if (marker !== null && at < 0) {
    throw style.unknownMarker?.(marker) ?? new Refusal(400, `marker [${marker}] not found`);
  }
  const rest = rows.slice(at + 1);
  const size = Math.min(limitOf(call) ?? Infinity, call.cloud.maxPage(style.max));
  const cut = rest.slice(0, size);
  const last = cut.at(-1);
  if (last === undefined || cut.length >= rest.length) return { rows: cut, next: undefined };
  return { rows: cut, next: nextUrl(call, style, idOf(last)) };
}

/** The body of a list: the rows under their key, with the next page named in the service's style. */
export function pageBody(style: PageStyle, rows: Json[], next: string | undefined): JsonObject {
  const body: JsonObject = { [style.collection]: rows };
  if (next === undefined) return body;
  if (style.next === 'next') return { ...body, next };
  return { ...body, [`${style.collection}_links`]: [{ rel: 'next', href: next }] };
}

function limitOf(call: Call): number | undefined {
  const limit = call.query.get('limit');
  if (limit === null) return undefined;
  if (!/^\d+$/.test(limit))
    throw new Refusal(400, `Invalid input for limit. '${limit}' is not a non-negative integer.`);
  return Number(limit) === 0 ? undefined : Number(limit);
}

function nextUrl(call: Call, style: PageStyle, marker: string): string {
  const query = new URLSearchParams(call.query);
  query.set('marker', marker);
  const base = style.next === 'next' ? '' : (style.linkBase ?? call.baseUrl);
  return `${base}${call.path}?${query.toString()}`;
}
