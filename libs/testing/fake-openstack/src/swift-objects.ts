import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import { conditionOf, rangesOf } from './swift-conditions.ts';
import type { Content, Part } from './swift-content.ts';
import { contentOf, cut, plainContent, streamOfParts } from './swift-content.ts';
import { checkMetadata } from './swift-metadata.ts';
import { accepted, pageOf } from './swift-pages.ts';
import type { SwiftCall } from './swift-request.ts';
import { containerOf, quoted, titledAll } from './swift-request.ts';
import { deleteAt, keptOf } from './swift-object-put.ts';
import type { StoredObject } from './swift-rows.ts';
import { asHttpDate, asTimestamp, objectIn, remove, stamp, store } from './swift-rows.ts';
import { manifestContent } from './swift-slo.ts';
import { followed, linkHeaders } from './swift-symlinks.ts';
import { deleteKeeping, deleteVersion, updateVersion, versionOf } from './swift-versions.ts';

/** The object that a request names, or its version; 404 where there is none. */
export function objectOf(request: SwiftCall): StoredObject {
  const container = containerOf(request);
  const { object: name = '', query } = request;
  const id = query.get('version-id');
  const found = id === null ? objectIn(request.cloud, container, name) : versionOf(container, name, id);
  if (found !== undefined) return found;
  const headers = container.versionsEnabled === undefined ? {} : { 'X-Object-Version-Id': id ?? 'null' };
  throw new Refusal(404, '', '', headers);
}

/** GET or HEAD of an object, whole, in ranges or not at all because of a condition. */
export function showObject(request: SwiftCall): Reply {
  const named = objectOf(request);
  const asLink = request.query.get('symlink') === 'get';
  const { object, location } = asLink ? { object: named, location: undefined } : followed(request.cloud, named);
  const content = contentFor(request, object);
  const headers = {
    ...objectHeaders(object, content, request),
    ...(asLink ? linkHeaders(named, request.account) : {}),
    ...(location === undefined ? {} : { 'Content-Location': location }),
    ...versionHeaders(request, named),
  };
  const condition = conditionOf(request.headers, content.etag, object.changedAt);
  if (condition === 304) return { status: 304, headers };
  if (condition === 412) return { status: 412, headers: { ...headers, 'Content-Type': 'text/html; charset=UTF-8' } };
  if (request.method === 'HEAD')
    return { status: 200, headers: { ...headers, 'Content-Length': String(content.size) } };
  return bytesReply(request, content, headers);
}

function contentFor(request: SwiftCall, object: StoredObject): Content {
  if (request.query.get('multipart-manifest') !== 'get') return contentOf(request.cloud, object);
  if (object.slo !== undefined) return manifestContent(object, request.query.get('format') === 'raw');
  return plainContent(object);
}

function objectHeaders(object: StoredObject, content: Content, { query }: SwiftCall): Record<string, string> {
  const manifest = object.slo !== undefined && query.get('multipart-manifest') !== 'get';
  return {
    'Content-Type': content.contentType,
    ...titledAll(object.headers),
    ...(object.slo === undefined ? {} : { 'X-Static-Large-Object': 'True' }),
    ...(manifest ? { 'X-Manifest-Etag': object.etag } : {}),
    Etag: content.etag,
    'Last-Modified': asHttpDate(object.changedAt),
    'X-Timestamp': asTimestamp(object.changedAt),
    'Accept-Ranges': 'bytes',
  };
}

function versionHeaders({ query, account }: SwiftCall, object: StoredObject): Record<string, string> {
  const id = object.versionId;
  if (id === undefined) return {};
  if (query.has('version-id')) return { 'X-Object-Version-Id': id };
  const path = `/v1/${account}/${object.container}/${quoted(object.name)}`;
  return { 'X-Object-Version-Id': id, 'Content-Location': `${path}?version-id=${id}` };
}

function bytesReply(request: SwiftCall, content: Content, headers: Readonly<Record<string, string>>): Reply {
  const ranges = rangesOf(request.headers.range, content.size);
  if (ranges?.length === 0) {
    return { status: 416, text: pageOf(416), headers: { ...headers, 'Content-Range': `bytes */${content.size}` } };
  }
  const [first, ...others] = ranges ?? [];
  if (others.length > 0) return severalRanges(content, ranges ?? [], headers);
  const [start, end] = first ?? [0, content.size];
  const parts = cut(content.parts, start, end);
  // A large object whose first segment is gone is a conflict; where a later one is gone its bytes break off.
  if (parts[0] !== undefined && parts[0].open() === undefined) throw new Refusal(409, '');
  const length = { 'Content-Length': String(end - start) };
  if (first === undefined) return { status: 200, stream: streamOfParts(parts), headers: { ...headers, ...length } };
  const range = { 'Content-Range': `bytes ${start}-${end - 1}/${content.size}` };
  return { status: 206, stream: streamOfParts(parts), headers: { ...headers, ...length, ...range } };
}

function severalRanges(
  content: Content,
  ranges: readonly (readonly [number, number])[],
  headers: Readonly<Record<string, string>>,
): Reply {
  const boundary = randomBytes(16).toString('hex');
  const heads = ranges.map(
    ([start, end]) =>
      `--${boundary}\r\nContent-Type: ${content.contentType}\r\n` +
      `Content-Range: bytes ${start}-${end - 1}/${content.size}\r\n\r\n`,
  );
  const tail = `--${boundary}--`;
  const length = ranges.reduce((sum, [start, end], n) => sum + (heads[n] ?? '').length + end - start + 2, tail.length);
  const type = `multipart/byteranges;boundary=${boundary}`;
  return {
    status: 206,
    stream: Readable.from(inTurn(content.parts, ranges, heads, tail), { objectMode: false }),
    headers: { ...headers, 'Content-Type': type, 'Content-Length': String(length) },
  };
}

async function* inTurn(
  parts: readonly Part[],
  ranges: readonly (readonly [number, number])[],
  heads: readonly string[],
  tail: string,
): AsyncGenerator<Buffer> {
  for (const [n, [start, end]] of ranges.entries()) {
    yield Buffer.from(heads[n] ?? '');
    for await (const chunk of streamOfParts(cut(parts, start, end))) yield Buffer.from(chunk);
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(tail);
}

/**
 * POST to an object: all its metadata is replaced, what is not named is gone, even X-Object-Manifest; only the bytes,
 * the content type (unless named) and a static large object's nature stay.
 */
export function updateObject(request: SwiftCall): Reply {
  const { headers } = request;
  const object = objectOf(request);
  checkMetadata(headers, 'object');
  if (object.link !== undefined) throw redirected(object);
  const changed: StoredObject = {
    ...object,
    changedAt: stamp(request.cloud),
    contentType: headers['content-type'] ?? object.contentType,
    headers: { ...keptOf(headers), ...deleteAt(request.cloud, headers) },
  };
  const container = containerOf(request);
  if (container.objects.get(object.name) === object) store(container, changed);
  updateVersion(container, changed);
  return accepted();
}

function redirected({ link }: StoredObject): Refusal {
  return new Refusal(
    307,
    'The requested POST was applied to a symlink. POST directly to the target to apply requested metadata.',
    'plain',
    { Location: `/v1/${link?.account ?? ''}/${quoted(link?.path ?? '')}` },
  );
}

/** DELETE of an object; of a large object only its manifest. */
export function deleteObject(request: SwiftCall): Reply {
  const container = containerOf(request);
  const { object: name = '', query } = request;
  const id = query.get('version-id');
  if (id !== null) return { status: 204, headers: deleteVersion(container, name, id) };
  const kept = deleteKeeping(request, container, name);
  if (kept !== undefined) return { status: 204, headers: kept };
  // An expired object is not found, yet its deletion takes it out of the list.
  const found = objectIn(request.cloud, container, name) !== undefined;
  remove(container, name);
  if (!found) throw new Refusal(404, '');
  return { status: 204 };
}
