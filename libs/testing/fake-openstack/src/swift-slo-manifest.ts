/** A manifest as a client writes it, read and checked (slo.py parse_and_validate_input). */
import type { Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';
import type { SwiftCall } from './swift-request.ts';

/** A segment that a client asks for. */
export type Asked =
  | { readonly path: string; readonly etag?: string; readonly size_bytes?: number; readonly range?: string }
  | { readonly data: string };

/** The segments of a manifest; 400 with a line for each that is wrong. */
export function parsedManifest(text: string, { container = '', object = '' }: SwiftCall): readonly Asked[] {
  const items = listIn(text);
  const errors: string[] = [];
  const segments = items.map((item, index) => {
    const read = segmentOf(item, index === items.length - 1, `${container}/${object}`);
    if (typeof read !== 'string') return read;
    errors.push(`Index ${index}: ${read}`);
    return undefined;
  });
  const asked = segments.filter((segment) => segment !== undefined);
  if (asked.length > 0 && asked.every((segment) => 'data' in segment)) {
    errors.push('Inline data segments require at least one object-backed segment.');
  }
  if (errors.length > 0) throw new Refusal(400, errors.map((error) => `${error}\n`).join(''), 'text');
  return asked;
}

function listIn(text: string): readonly Json[] {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Refusal(400, 'Manifest must be valid JSON.\n', 'plain');
  }
  if (!Array.isArray(value)) throw new Refusal(400, 'Manifest must be a list.\n', 'plain');
  return value;
}

/** One segment, or what is wrong with it. */
function segmentOf(item: Json, last: boolean, own: string): Asked | string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'not a JSON object';
  if ('path' in item) return named(item, last, own);
  return 'data' in item ? inline(item) : "expected keys to include one of 'path' or 'data'";
}

function extraneous(item: JsonObject, known: readonly string[]): string | undefined {
  const keys = Object.keys(item).filter((key) => !known.includes(key));
  return keys.length === 0
    ? undefined
    : `extraneous keys ${keys
        .toSorted()
        .map((key) => `"${key}"`)
        .join(', ')}`;
}

function named(item: JsonObject, last: boolean, own: string): Asked | string {
  const wrong = extraneous(item, ['path', 'etag', 'size_bytes', 'range']);
  if (wrong !== undefined) return wrong;
  const { path, etag, size_bytes, range } = item;
  if (typeof path !== 'string') return '"path" must be a string';
  if (etag !== undefined && etag !== null && typeof etag !== 'string')
    return '"etag" must be a string or null (if provided)';
  const bare = path.replace(/^\/+/, '');
  if (!bare.replace(/\/+$/, '').includes('/')) {
    return 'path does not refer to an object. Path must be of the form /container/object.';
  }
  const size = size_bytes === undefined || size_bytes === null ? undefined : Number(size_bytes);
  if (size !== undefined && !Number.isInteger(size)) return 'invalid size_bytes';
  if (size !== undefined && size < 1 && !last) return 'too small; each segment must be at least 1 byte.';
  if (bare === own) return 'manifest must not include itself as a segment';
  const part = typeof range === 'string' && range !== '' ? range : undefined;
  if (part?.includes(',') === true) return 'multiple ranges (only one allowed)';
  if (part !== undefined && !/^(\d+-\d*|-\d+)$/.test(part)) return 'invalid range';
  return {
    path,
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(size === undefined ? {} : { size_bytes: size }),
    ...(part === undefined ? {} : { range: part }),
  };
}

function inline(item: JsonObject): Asked | string {
  const wrong = extraneous(item, ['data']);
  if (wrong !== undefined) return wrong;
  const { data } = item;
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/]*=*$/.test(data)) return 'data must be valid base64';
  const bytes = Buffer.from(data, 'base64');
  return bytes.byteLength === 0
    ? 'too small; each segment must be at least 1 byte.'
    : { data: bytes.toString('base64') };
}
