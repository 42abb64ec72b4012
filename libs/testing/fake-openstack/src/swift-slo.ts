import { createHash } from 'node:crypto';
import { payloadOf } from './glance-payload.ts';
import type { Content } from './swift-content.ts';
import { plainContent } from './swift-content.ts';
import { asPython } from './swift-listing.ts';
import type { Segment, StoredObject } from './swift-rows.ts';

/** A manifest as Swift keeps it. */
export function manifestText(segments: readonly Segment[]): string {
  return asPython(segments.map((segment) => ({ ...segment })));
}

/** What `?multipart-manifest=get` shows: the manifest as it is kept, or in the form of a PUT with `format=raw`. */
export function manifestContent(object: StoredObject, raw: boolean): Content {
  if (!raw) return { ...plainContent(object), contentType: 'application/json; charset=utf-8' };
  const segments = object.slo?.segments ?? [];
  const payload = payloadOf(Buffer.from(asPython(segments.map(rawSegment))));
  const etag = createHash('md5')
    .update(asPython(segments.map(rawSegment)))
    .digest('hex');
  return plainContent({ ...object, payload, etag });
}

function rawSegment(segment: Segment): Record<string, string | number> {
  if ('data' in segment) return { data: segment.data };
  const range: Record<string, string> = segment.range === undefined ? {} : { range: segment.range };
  return { etag: segment.hash, path: segment.name, ...range, size_bytes: segment.bytes };
}
