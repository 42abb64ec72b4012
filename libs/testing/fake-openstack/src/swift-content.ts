/** What a reader of an object gets: its own bytes, or those of the segments of a large object. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Cloud } from './frame.ts';
import type { Payload } from './glance-payload.ts';
import { blocksOf, payloadOf } from './glance-payload.ts';
import { decoded8, findContainer } from './swift-request.ts';
import type { Segment, StoredObject } from './swift-rows.ts';
import { namesOf, objectIn } from './swift-rows.ts';

/** A stretch of bytes; `open` answers undefined when what it should come from is gone or changed. */
export interface Part {
  readonly size: number;
  open(): { readonly payload: Payload; readonly start: number } | undefined;
}

/** The content of an object as a GET shows it. */
export interface Content {
  readonly size: number;
  /** As the header shows it: that of a large object is in quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly parts: readonly Part[];
}

/** The content of an object, large ones put together. */
export function contentOf(cloud: Cloud, object: StoredObject): Content {
  const { contentType, slo } = object;
  if (slo !== undefined) {
    const parts = slo.segments.flatMap((segment) => partsOf(cloud, object.account, segment));
    return { size: slo.size, etag: `"${slo.etag}"`, contentType, parts };
  }
  if (object.headers['x-object-manifest'] !== undefined) return dynamicContent(cloud, object);
  return plainContent(object);
}

/** The bytes of an object itself: of a large object its manifest. */
export function plainContent({ payload, etag, contentType }: StoredObject): Content {
  return { size: payload.size, etag, contentType, parts: [whole(payload)] };
}

const whole = (payload: Payload): Part => ({ size: payload.size, open: () => ({ payload, start: 0 }) });

/** A dynamic large object is whatever begins with its prefix now. */
function dynamicContent(cloud: Cloud, object: StoredObject): Content {
  const [container = '', ...prefix] = decoded8(object.headers['x-object-manifest'] ?? '').split('/');
  const held = findContainer(cloud, object.account, container);
  const segments = (held === undefined ? [] : namesOf(held))
    .filter((name) => name.startsWith(prefix.join('/')))
    .flatMap((name) => (held === undefined ? [] : (held.objects.get(name) ?? [])));
  const contents = segments.map((segment) => contentOf(cloud, segment));
  const etag = createHash('md5');
  for (const content of contents) etag.update(content.etag.replaceAll('"', ''));
  return {
    size: contents.reduce((sum, content) => sum + content.size, 0),
    etag: `"${etag.digest('hex')}"`,
    contentType: object.contentType,
    parts: contents.flatMap((content) => content.parts),
  };
}

/** The parts of a segment, a large one's again in parts, cut to its range. */
function partsOf(cloud: Cloud, account: string, segment: Segment): readonly Part[] {
  if ('data' in segment) return [whole(payloadOf(Buffer.from(segment.data, 'base64')))];
  const [start, end] = rangeOfSegment(segment.range, segment.bytes);
  if (segment.sub_slo === true) {
    const object = segmentObject(cloud, account, segment.name);
    if (object?.slo?.etag === segment.hash) return cut(contentOf(cloud, object).parts, start, end);
    return [{ size: end - start, open: () => undefined }];
  }
  const open = () => {
    const object = segmentObject(cloud, account, segment.name);
    return object?.etag === segment.hash ? { payload: object.payload, start } : undefined;
  };
  return [{ size: end - start, open }];
}

/** The object that a segment names, `/container/object`. */
export function segmentObject(cloud: Cloud, account: string, path: string): StoredObject | undefined {
  const [container = '', ...rest] = path.replace(/^\/+/, '').split('/');
  const held = findContainer(cloud, account, container);
  return held === undefined ? undefined : objectIn(cloud, held, rest.join('/'));
}

/** `1-2`, `5-` or `-3` of a segment as a half-open range. */
export function rangeOfSegment(range: string | undefined, size: number): readonly [start: number, end: number] {
  if (range === undefined) return [0, size];
  const [, from = '', to = ''] = /^(\d*)-(\d*)$/.exec(range) ?? [];
  if (from === '') return [Math.max(size - Number(to), 0), size];
  return [Number(from), to === '' ? size : Math.min(Number(to) + 1, size)];
}

/** The stretch of these parts from `start` up to (not including) `end`. */
export function cut(parts: readonly Part[], start: number, end: number): readonly Part[] {
  let at = 0;
  return parts.flatMap((part) => {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, part.size);
    at += part.size;
    if (from >= to) return [];
    const open = () => {
      const opened = part.open();
      return opened === undefined ? undefined : { payload: opened.payload, start: opened.start + from };
    };
    return [{ size: to - from, open }];
  });
}

/** The bytes of these parts as a stream; it breaks off where a part is gone, as Swift's does. */
export function streamOfParts(parts: readonly Part[]): Readable {
  return Readable.from(bytesOfParts(parts), { objectMode: false });
}

function* bytesOfParts(parts: readonly Part[]): Generator<Buffer> {
  for (const part of parts) {
    const opened = part.open();
    if (opened === undefined) throw new Error('a segment is gone');
    yield* blocksOf(opened.payload, opened.start, opened.start + part.size);
  }
}
