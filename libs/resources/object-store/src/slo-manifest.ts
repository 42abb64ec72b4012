import { Failure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';

/** One segment of a large object, or bytes that stand in the manifest itself. */
export type Segment =
  | {
      readonly container: string;
      readonly name: string;
      readonly etag: string;
      readonly bytes: number;
      readonly range: string | undefined;
    }
  | { readonly data: string };

/** The segments that a manifest names: as Swift takes them (`format=raw`), or as older ones and Ceph show them. */
export const segmentsOf = (manifest: Json): readonly Segment[] => {
  const items = Array.isArray(manifest) ? manifest.filter(isJsonObject) : [];
  if (items.length > 0) return items.map(segmentOf);
  throw new Failure('unreadable-answer', 'cannot read the manifest of a large object: it names no segments', {
    remedy: 'Look at it with ?multipart-manifest=get.',
  });
};

const segmentOf = (item: JsonObject): Segment => {
  if (typeof item['data'] === 'string') return { data: item['data'] };
  const [container = '', ...name] = String(item['path'] ?? item['name'])
    .replace(/^\/+/, '')
    .split('/');
  return {
    container,
    name: name.join('/'),
    etag: String(item['etag'] ?? item['hash']),
    bytes: Number(item['size_bytes'] ?? item['bytes']),
    range: typeof item['range'] === 'string' ? item['range'] : undefined,
  };
};

/** The same as a manifest is written: each segment must be there, of this size and with this ETag. */
export const manifestOf = (segments: readonly Segment[]): readonly JsonObject[] =>
  segments.map((segment) =>
    'data' in segment
      ? { data: segment.data }
      : {
          path: `/${segment.container}/${segment.name}`,
          etag: segment.etag,
          size_bytes: segment.bytes,
          ...(segment.range === undefined ? {} : { range: segment.range }),
        },
  );
