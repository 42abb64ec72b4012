import { repr } from './cinder-nova-validation.ts';
import type { Call, Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';

/** Rows that Nova shows in one page at most (api.max_limit). */
const LARGEST_PAGE = 1000;

/** Links of one row: nova leaves the project out of both. */
export function linksOf(call: Call, collection: string, id: string): Json {
  return [
    { rel: 'self', href: `${call.baseUrl}/v2.1/${collection}/${id}` },
    { rel: 'bookmark', href: `${call.baseUrl}/${collection}/${id}` },
  ];
}

/** How a list of Nova is cut. */
export interface Listing<Row> {
  /** Path below /v2.1: `flavors/detail`. */
  readonly path: string;
  /** Key of the rows; the links are under `<key>_links`. */
  readonly key: string;
  idOf(row: Row): string;
  view(row: Row): JsonObject;
  missingMarker(id: string): Refusal;
}

/** A page of rows. A page as long as the limit names a next one, even when nothing follows. */
export function listBody<Row>(call: Call, rows: readonly Row[], listing: Listing<Row>): JsonObject {
  const marker = call.query.get('marker');
  const at = marker === null ? -1 : rows.findIndex((row) => listing.idOf(row) === marker);
  if (marker !== null && at < 0) throw listing.missingMarker(marker);
  const limit = Math.min(limitOf(call) ?? LARGEST_PAGE, call.cloud.maxPage(LARGEST_PAGE));
  const cut = rows.slice(at + 1, at + 1 + limit);
  const body: JsonObject = { [listing.key]: cut.map((row) => listing.view(row)) };
  const last = cut.at(-1);
  if (last !== undefined && cut.length >= limit) {
    const query = new URLSearchParams([...call.query].sort(([a], [b]) => a.localeCompare(b)));
    query.set('marker', listing.idOf(last));
    const href = `${call.baseUrl}/v2.1/${listing.path}?${query.toString()}`;
    body[`${listing.key}_links`] = [{ rel: 'next', href }];
  }
  return body;
}

/** Refuses query parameters that Nova does not know, as it does since 2.75. */
export function refuseUnknownQuery(call: Call, known: readonly string[]): void {
  if (!call.atLeast('2.75')) return;
  const extra = [...new Set(call.query.keys())].filter((key) => !known.includes(key));
  if (extra.length === 0) return;
  const verb = extra.length === 1 ? 'was' : 'were';
  const names = extra.map((key) => repr(key)).join(', ');
  throw new Refusal(400, `Additional properties are not allowed (${names} ${verb} unexpected)`);
}

/** Refuses what Nova's policy keeps for admins; `policy` is below `os_compute_api:`. */
export function needAdmin(call: Call, policy: string): void {
  if (!call.context.isAdmin) throw new Refusal(403, `Policy doesn't allow os_compute_api:${policy} to be performed.`);
}

function limitOf(call: Call): number | undefined {
  const limit = call.query.get('limit');
  if (limit === null) return undefined;
  if (!/^[0-9]*$/.test(limit)) {
    const reason = `${repr(limit)} does not match '^[0-9]*$'`;
    throw new Refusal(400, `Invalid input for query parameters limit. Value: ${limit}. ${reason}`);
  }
  return limit === '' ? undefined : Number(limit);
}
