import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Query } from '@osm/resource';

export interface Page {
  readonly items: readonly JsonObject[];
  /** The query of the next page; undefined on the last one. */
  readonly next: Query | undefined;
  /** The cloud says that it left something out and gives no way to get it: Keystone's `list_limit`. */
  readonly truncated: boolean;
}

/**
 * One page of a list; undefined where the answer has no list under that key. Links come as `<key>_links` (Nova, Cinder,
 * Neutron, Octavia, Manila), `links.next` (Keystone, Designate) or `next` (Glance relative, Barbican absolute). Only their
 * query is used: their host is often that of a server behind a proxy, and our token goes nowhere that a body names.
 */
export const pageOf = (body: Json, key: string, query: Query): Page | undefined => {
  if (Array.isArray(body)) return swiftPage(body.filter(isJsonObject), query);
  const items = isJsonObject(body) ? body[key] : undefined;
  if (!isJsonObject(body) || !Array.isArray(items)) return undefined;
  const next = nextLink(body, key);
  return {
    items: items.filter(isJsonObject),
    next: next === undefined ? undefined : nextQuery(next, query),
    truncated: body['truncated'] === true && next === undefined,
  };
};

/** Swift answers a bare list and no link; the last page is the empty one. */
const swiftPage = (items: readonly JsonObject[], query: Query): Page => {
  const last = items.at(-1);
  const marker = last?.['name'] ?? last?.['subdir'];
  return { items, next: typeof marker === 'string' ? { ...query, marker } : undefined, truncated: false };
};

const nextLink = (body: JsonObject, key: string): string | undefined => {
  const links = body[`${key}_links`] ?? body['links'];
  if (Array.isArray(links)) {
    const next = links.filter(isJsonObject).find((link) => link['rel'] === 'next')?.['href'];
    if (typeof next === 'string') return next;
  }
  const next = (isJsonObject(links) ? links['next'] : undefined) ?? body['next'];
  return typeof next === 'string' && next !== '' ? next : undefined;
};

/** The link's parameters, and ours that it forgot (some services leave the filters out). */
const nextQuery = (link: string, query: Query): Query => {
  const params = new URL(link, 'http://localhost').searchParams;
  const names = [...new Set(params.keys())];
  return { ...query, ...Object.fromEntries(names.map((name) => [name, params.getAll(name)])) };
};

/** A query as it stands in a URL, `?` included; empty where there is nothing in it. */
export const queryString = (query: Query | undefined): string => {
  const params = new URLSearchParams();
  for (const [name, values] of Object.entries(query ?? {})) {
    for (const value of typeof values === 'string' ? [values] : values) params.append(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
};
