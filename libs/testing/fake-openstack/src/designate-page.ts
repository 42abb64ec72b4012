import type { Call, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';

/** Rows of a page when nobody says how many, and at most. */
const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 1000;

/** A list, filtered by the query and cut into pages; a full page names a next one even when nothing follows. */
export function pageOf(
  call: Call,
  collection: string,
  views: readonly JsonObject[],
  filters: readonly string[],
): Reply {
  const query = new URLSearchParams(call.query);
  const [marker, limit] = [query.get('marker'), query.get('limit')];
  for (const paging of ['marker', 'limit', 'sort_key', 'sort_dir']) query.delete(paging);
  const strange = [...new Set(query.keys())].filter((key) => !filters.includes(key));
  if (strange.length > 0) throw new Refusal(400, `Invalid filters ${strange.join(', ')}`, 'bad_request');
  const found = views.filter((view) => [...query].every(([key, wanted]) => fits(view[key], wanted)));
  const rest = found.slice(startOf(found, marker));
  const size = Math.min(sizeOf(limit), call.cloud.maxPage(LARGEST_PAGE));
  const cut = rest.slice(0, size);
  const self = `${call.baseUrl}${call.path}`;
  const links: JsonObject = { self: call.search === '' ? self : `${self}?${call.search}` };
  const last = cut.at(-1);
  if (last !== undefined && cut.length >= size) {
    const next = new URLSearchParams(call.query);
    next.set('marker', String(last['id']));
    links['next'] = `${self}?${next.toString()}`;
  }
  return { status: 200, body: { [collection]: cut, links, metadata: { total_count: found.length } } };
}

function startOf(views: readonly JsonObject[], marker: string | null): number {
  if (marker === null) return 0;
  if (!/^[0-9a-f-]{36}$/i.test(marker)) throw new Refusal(400, '', 'invalid_marker');
  const at = views.findIndex((view) => view['id'] === marker);
  if (at < 0) throw new Refusal(400, 'Marker None could not be found', 'marker_not_found');
  return at + 1;
}

function sizeOf(limit: string | null): number {
  if (limit === null) return DEFAULT_PAGE;
  if (limit.toLowerCase() === 'max') return LARGEST_PAGE;
  if (/^[1-9]\d*$/.test(limit)) return Math.min(Number(limit), LARGEST_PAGE);
  throw new Refusal(400, 'limit should be an integer between 1 and 1000', 'invalid_limit');
}

/** A star stands for anything. */
function fits(value: unknown, wanted: string): boolean {
  const pattern = wanted.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join('.*')}$`, 'i').test(String(value));
}
