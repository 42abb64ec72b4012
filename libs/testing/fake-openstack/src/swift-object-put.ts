import { createHash } from 'node:crypto';
import type { Call, Cloud, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Payload } from './glance-payload.ts';
import { PayloadBuilder } from './glance-payload.ts';
import { checkMetadata, LIMITS } from './swift-metadata.ts';
import { checkQuota } from './swift-quotas.ts';
import type { SwiftCall } from './swift-request.ts';
import { containerOf, decoded8, isTrue } from './swift-request.ts';
import type { Headers, StoredObject } from './swift-rows.ts';
import { asHttpDate, objectIn, stamp } from './swift-rows.ts';
import { linkOf } from './swift-symlinks.ts';
import { keepBefore, storeVersioned } from './swift-versions.ts';

/** Headers besides `x-object-meta-*` that an object keeps. */
const KEPT = [
  ...['content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires', 'x-robots-tag'],
  'x-object-manifest',
];

/** Content types by the end of a name, for objects that come without one. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ txt: 'text/plain', html: 'text/html', css: 'text/css', csv: 'text/csv', xml: 'text/xml' },
  ...{ json: 'application/json', pdf: 'application/pdf', zip: 'application/zip', tar: 'application/x-tar' },
  ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', svg: 'image/svg+xml' },
  ...{ mp3: 'audio/mpeg', mp4: 'video/mp4', py: 'text/x-python', sh: 'application/x-sh' },
};

/** What an object keeps of a request's headers. */
export function keptOf(headers: Headers): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => (name.startsWith('x-object-meta-') && value !== '') || KEPT.includes(name),
  );
  return Object.fromEntries(kept);
}

/** X-Delete-At, by itself or as X-Delete-After seconds from now; 400 in the past. */
export function deleteAt(cloud: Cloud, headers: Headers): Record<string, string> {
  const now = Math.floor(cloud.now() / 1000);
  const after = headers['x-delete-after'];
  if (after !== undefined) {
    if (!/^-?\d+$/.test(after)) throw new Refusal(400, 'Non-integer X-Delete-After', 'text');
    if (Number(after) <= 0) throw new Refusal(400, 'X-Delete-After in past', 'text');
    return { 'x-delete-at': String(now + Number(after)) };
  }
  const at = headers['x-delete-at'];
  if (at === undefined) return {};
  if (!/^\d+$/.test(at)) throw new Refusal(400, 'Non-integer X-Delete-At', 'text');
  if (Number(at) < now) throw new Refusal(400, 'X-Delete-At in past', 'text');
  return { 'x-delete-at': at };
}

/** PUT of an object with its bytes. */
export async function putObject(request: SwiftCall): Promise<Reply> {
  const { headers, call } = request;
  const container = containerOf(request);
  checkQuota(container, lengthOf(headers));
  checkPut(request);
  const link = linkOf(request);
  const received = await receive(call);
  const wanted = headers.etag?.replaceAll('"', '');
  if (wanted !== undefined && wanted !== '' && wanted !== received.etag) {
    throw new Refusal(422, '', '', { 'Last-Modified': asHttpDate(stamp(request.cloud)) });
  }
  const object = storeObject(request, {
    ...received,
    contentType: typeOf(request),
    headers: { ...keptOf(headers), ...deleteAt(request.cloud, headers) },
    ...(link === undefined ? {} : { link }),
  });
  return created(object);
}

/** 201 as a PUT answers it. */
export function created(object: StoredObject, headers: Readonly<Record<string, string>> = {}): Reply {
  const version = object.versionId === undefined ? {} : { 'X-Object-Version-Id': object.versionId };
  const etag = object.slo === undefined ? object.etag : `"${object.slo.etag}"`;
  return {
    status: 201,
    headers: { Etag: etag, 'Last-Modified': asHttpDate(object.changedAt), ...version, ...headers },
  };
}

/** What a new object is made of, besides its place and time. */
export type Made = Omit<StoredObject, 'account' | 'container' | 'name' | 'changedAt' | 'versionId'>;

/** Stores an object where a request names it, in place of or after what was there. */
export function storeObject(request: SwiftCall, made: Made): StoredObject {
  const container = containerOf(request);
  const name = request.object ?? '';
  keepBefore(request, container, name);
  const place = { account: container.account, container: container.name, name };
  return storeVersioned(container, { ...made, ...place, changedAt: stamp(request.cloud) });
}

/** The announced length; undefined for a chunked body. */
export function lengthOf(headers: Headers): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** Everything that refuses a PUT before its body is read. */
export function checkPut(request: SwiftCall): void {
  const { headers, object: name = '', cloud } = request;
  const length = lengthOf(headers);
  if (length === undefined && headers['transfer-encoding'] === undefined) {
    throw new Refusal(411, 'Missing Content-Length header.', 'text');
  }
  if ((length ?? 0) > LIMITS.max_file_size) throw new Refusal(413, 'Your request is too large.', 'text');
  const bytes = Buffer.byteLength(name);
  if (bytes > LIMITS.max_object_name_length) {
    throw new Refusal(400, `Object name length of ${bytes} longer than ${LIMITS.max_object_name_length}`, 'text');
  }
  deleteAt(cloud, headers);
  checkMetadata(headers, 'object');
  checkManifest(headers);
  const none = headers['if-none-match'];
  if (none === undefined) return;
  if (none !== '*') throw new Refusal(400, 'If-None-Match only supports *', 'text');
  if (objectIn(cloud, containerOf(request), name) !== undefined) throw new Refusal(412, '');
}

function checkManifest(headers: Headers): void {
  const manifest = headers['x-object-manifest'];
  if (manifest === undefined) return;
  const [container = '', ...prefix] = decoded8(manifest).replace(/^\//, '').split('/');
  if (container === '' || prefix.join('/') === '' || /[?&]/.test(manifest)) {
    throw new Refusal(400, 'X-Object-Manifest must be in the format container/prefix', 'plain');
  }
}

/** The content type that an object gets: the announced one, or one guessed from its name. */
export function typeOf({ headers, object = '' }: SwiftCall): string {
  const said = headers['content-type'] ?? '';
  if (said !== '' && !isTrue(headers['x-detect-content-type'])) return said;
  const ending = /\.([^./]+)$/.exec(object)?.[1]?.toLowerCase() ?? '';
  return TYPES[ending] ?? 'application/octet-stream';
}

/** Bytes and their MD5, taken while they arrive; 499 when the client goes away before the end. */
export async function receive(call: Call): Promise<{ readonly payload: Payload; readonly etag: string }> {
  const builder = new PayloadBuilder();
  const md5 = createHash('md5');
  try {
    for await (const chunk of call.request as AsyncIterable<Buffer>) {
      builder.push(chunk);
      md5.update(chunk);
    }
  } catch (error) {
    if (!call.request.destroyed || call.request.complete) throw error;
  }
  if (!call.request.complete) throw new Refusal(499, '');
  return { payload: builder.finish(), etag: md5.digest('hex') };
}
