/** Lists of containers and objects: which rows, and in which of the three formats. */
import type { Json, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import type { SwiftCall } from './swift-request.ts';
import { isTrue } from './swift-request.ts';
import { inOrder } from './swift-rows.ts';

/** What a list was asked for. */
export interface Asked {
  readonly limit: number;
  readonly marker: string;
  readonly endMarker: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly reverse: boolean;
}

/** A name of a list, or a `subdir`: the names below it up to the delimiter. */
export type Listed = { readonly name: string } | { readonly subdir: string };

/** What a request asks of a list; 412 for more than a page can have. A limit that is no number is no limit. */
export function asked({ query, call }: SwiftCall, most: number): Asked {
  const given = query.get('limit') ?? '';
  const limit = /^\d+$/.test(given) ? Number(given) : most;
  if (limit > most) throw new Refusal(412, `Maximum limit is ${most}`, 'plain');
  const path = query.get('path');
  return {
    limit: call.cloud.maxPage(limit),
    marker: query.get('marker') ?? '',
    endMarker: query.get('end_marker') ?? '',
    prefix: path === null ? (query.get('prefix') ?? '') : path.replace(/\/*$/, path === '' ? '' : '/'),
    delimiter: path === null ? (query.get('delimiter') ?? '') : '/',
    reverse: isTrue(query.get('reverse')),
  };
}

/** The page of a list of ordered names (swift/container/backend.py list_objects_iter). */
export function page(names: readonly string[], asked: Asked): Listed[] {
  const { limit, prefix, delimiter, reverse } = asked;
  const rows: Listed[] = [];
  const walk = reverse ? [...names].reverse() : names;
  let last = '';
  for (let at = firstOf(walk, asked); at < walk.length && rows.length < limit; at += 1) {
    const name = walk[at] ?? '';
    if (isPast(name, asked)) break;
    if (!name.startsWith(prefix) || !isAfter(name, asked)) continue;
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    if (end < 0) {
      rows.push({ name });
      continue;
    }
    const subdir = name.slice(0, end + delimiter.length);
    if (subdir === last) continue;
    last = subdir;
    if (subdir !== asked.marker) rows.push({ subdir });
  }
  return rows;
}

/** Where to begin in names that go up: by halving, so that a page costs no walk over all before it. */
function firstOf(names: readonly string[], { marker, prefix, reverse }: Asked): number {
  if (reverse) return 0;
  const from = inOrder(marker, prefix) > 0 ? marker : prefix;
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (inOrder(names[middle] ?? '', from) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAfter(name: string, { marker, reverse }: Asked): boolean {
  if (marker === '') return true;
  return reverse ? inOrder(name, marker) < 0 : inOrder(name, marker) > 0;
}

function isPast(name: string, { endMarker, prefix, reverse }: Asked): boolean {
  if (endMarker !== '' && (reverse ? inOrder(name, endMarker) <= 0 : inOrder(name, endMarker) >= 0)) return true;
  if (name.startsWith(prefix)) return false;
  return reverse ? inOrder(name, prefix) < 0 : inOrder(name, prefix) > 0;
}

/** The format of a list: by `format`, else by Accept; 406 where neither is one of the three. */
export function formatOf({ query, headers }: Pick<SwiftCall, 'query' | 'headers'>): 'plain' | 'json' | 'xml' {
  const format = query.get('format')?.toLowerCase();
  if (format === 'json' || format === 'xml') return format;
  if (format !== undefined) return 'plain';
  const accept = headers.accept ?? '*/*';
  if (/text\/plain|text\/\*|^\*\/\*|, *\*\/\*/.test(accept)) {
    return /^application\/json/.test(accept) ? 'json' : /^(application|text)\/xml/.test(accept) ? 'xml' : 'plain';
  }
  if (accept.includes('application/json') || accept.includes('application/*')) return 'json';
  if (/(application|text)\/xml/.test(accept)) return 'xml';
  throw new Refusal(406, '');
}

/** A list in the format asked for; without any row, plain text is 204. */
export function listed(
  request: SwiftCall,
  headers: Readonly<Record<string, string>>,
  rows: readonly JsonObject[],
  around: { readonly tag: string; readonly of: string; readonly name: string },
): Reply {
  const format = formatOf(request);
  const vary = request.query.has('format') ? {} : { Vary: 'Accept' };
  const type = `${format === 'plain' ? 'text' : 'application'}/${format}; charset=utf-8`;
  const told = { ...headers, ...vary, 'Content-Type': type };
  if (format === 'json') return { status: 200, text: asPython(rows as Json), headers: told };
  if (format === 'xml') return { status: 200, text: asXml(rows, around), headers: told };
  if (rows.length === 0) return { status: 204, headers: told };
  const text = rows.map((row) => `${String(row.name ?? row.subdir)}\n`).join('');
  return { status: 200, text, headers: told };
}

/** JSON as Python writes it, a space after every comma and colon and nothing but ASCII: its length and MD5 are told. */
export function asPython(value: Json | JsonObject | readonly Json[]): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => asPython(item)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const items = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${items.map(([key, item]) => `${asPython(key)}: ${asPython(item as Json)}`).join(', ')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function asXml(rows: readonly JsonObject[], { tag, of, name }: { tag: string; of: string; name: string }): string {
  const body = rows.map((row) => {
    if (row.subdir !== undefined) {
      const subdir = escaped(String(row.subdir));
      return `<subdir name="${subdir}"><name>${subdir}</name></subdir>`;
    }
    const { name: own, hash, ...others } = row;
    const ordered = { name: own, ...(hash === undefined ? {} : { hash }), ...others };
    const fields = Object.entries(ordered).map(([key, value]) => `<${key}>${escaped(String(value))}</${key}>`);
    return `<${of}>${fields.join('')}</${of}>`;
  });
  const lines = tag === 'account' ? ['', ...body, ''].join('\n') : body.join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${tag} name="${escaped(name)}">${lines}</${tag}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
