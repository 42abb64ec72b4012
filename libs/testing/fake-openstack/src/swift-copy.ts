/** Copies inside the cloud: PUT with X-Copy-From, and COPY with a Destination. */
import { createHash } from 'node:crypto';
import type { Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Payload } from './glance-payload.ts';
import { PayloadBuilder } from './glance-payload.ts';
import { authorize } from './swift-auth.ts';
import type { Content } from './swift-content.ts';
import { contentOf, plainContent, streamOfParts } from './swift-content.ts';
import { checkMetadata } from './swift-metadata.ts';
import type { Made } from './swift-object-put.ts';
import { created, deleteAt, keptOf, storeObject } from './swift-object-put.ts';
import { objectOf } from './swift-objects.ts';
import { checkQuota } from './swift-quotas.ts';
import type { SwiftCall, SwiftPath } from './swift-request.ts';
import { containerOf, decoded8, isTrue, quoted, titledAll } from './swift-request.ts';
import type { Headers, StoredObject } from './swift-rows.ts';
import { asHttpDate } from './swift-rows.ts';
import { followed } from './swift-symlinks.ts';

/** COPY: the same as a PUT at the destination that copies from here. */
export function copyObject(request: SwiftCall): Promise<Reply> {
  const { headers, container = '', object = '', account } = request;
  const destination = headers.destination ?? '';
  if (destination === '') throw new Refusal(412, 'Destination header required', 'plain');
  const path = { ...inHeader('Destination', destination), account: headers['destination-account'] ?? account };
  authorize(request.cloud, request.caller, 'PUT', path, headers.referer);
  return copied({ ...request, ...path }, { account, container, object });
}

/** PUT with X-Copy-From. */
export function copyHere(request: SwiftCall): Promise<Reply> {
  const { headers } = request;
  if (Number(headers['content-length'] ?? 0) > 0) {
    throw new Refusal(400, 'Copy requests require a zero byte body', 'text');
  }
  const source = inHeader('X-Copy-From', headers['x-copy-from'] ?? '');
  return copied(request, { ...source, account: headers['x-copy-from-account'] ?? request.account });
}

function inHeader(header: string, value: string): Pick<SwiftPath, 'container' | 'object'> {
  const [, container, object] = /^\/?([^/]+)\/(.+)$/s.exec(decoded8(value)) ?? [];
  if (container === undefined) {
    throw new Refusal(412, `${header} header must be of the form <container name>/<object name>`, 'plain');
  }
  return { container, object };
}

async function copied(request: SwiftCall, from: SwiftPath): Promise<Reply> {
  const { cloud, headers, query } = request;
  authorize(cloud, request.caller, 'GET', from, headers.referer);
  const named = objectOf({ ...request, ...from });
  const source = query.get('symlink') === 'get' ? named : followed(cloud, named).object;
  const whole = query.get('multipart-manifest') === 'get';
  const content = whole ? plainContent(source) : contentOf(cloud, source);
  checkMetadata(headers, 'object');
  checkQuota(containerOf(request), content.size);
  const kept = isTrue(headers['x-fresh-metadata']) ? {} : sourceHeaders(source, whole);
  const object = storeObject(request, {
    ...(await bytesOf(source, content, whole)),
    contentType: headers['content-type'] ?? content.contentType,
    headers: { ...kept, ...keptOf(headers), ...deleteAt(cloud, headers) },
  });
  return created(object, {
    'X-Copied-From-Account': from.account,
    'X-Copied-From': quoted(`${from.container ?? ''}/${from.object ?? ''}`),
    'X-Copied-From-Last-Modified': asHttpDate(source.changedAt),
    ...titledAll(Object.fromEntries(Object.entries(object.headers).filter(([name]) => /^x-object-meta-/.test(name)))),
  });
}

function sourceHeaders(source: StoredObject, whole: boolean): Headers {
  return Object.fromEntries(Object.entries(source.headers).filter(([name]) => whole || name !== 'x-object-manifest'));
}

/** A manifest is copied as one with `?multipart-manifest=get`, else what it stands for; a link likewise. */
async function bytesOf(
  source: StoredObject,
  content: Content,
  whole: boolean,
): Promise<Pick<Made, 'payload' | 'etag' | 'slo' | 'link'>> {
  const plain = source.slo === undefined && source.headers['x-object-manifest'] === undefined;
  if (!whole && !plain) return await gathered(content);
  const { payload, etag, slo, link } = source;
  return { payload, etag, ...(slo === undefined ? {} : { slo }), ...(link === undefined ? {} : { link }) };
}

async function gathered(content: Content): Promise<{ readonly payload: Payload; readonly etag: string }> {
  if (content.parts[0]?.open() === undefined && content.size > 0) throw new Refusal(409, '');
  const builder = new PayloadBuilder();
  const md5 = createHash('md5');
  for await (const chunk of streamOfParts(content.parts) as AsyncIterable<Buffer>) {
    builder.push(chunk);
    md5.update(chunk);
  }
  return { payload: builder.finish(), etag: md5.digest('hex') };
}
