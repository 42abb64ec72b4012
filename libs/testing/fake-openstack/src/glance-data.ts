import { createHash } from 'node:crypto';
import type { Call, Cloud, Reply } from './frame.ts';
import { Refusal, table } from './frame.ts';
import type { Image } from './glance-image.ts';
import { images, imageOf, isMutable, refuseForeign, storesOf } from './glance-image.ts';
import type { Payload } from './glance-payload.ts';
import { blocksOf, head, PayloadBuilder, streamOf, written } from './glance-payload.ts';

/** PUT /v2/images/:id/file: queued → saving → active; back to queued when the client goes away. */
export async function uploadImage(call: Call): Promise<Reply> {
  refuseType(call);
  const store = storeOf(call);
  const image = imageOf(call);
  refuseUpload(call, image);
  image.status = 'saving';
  image.updatedAt = call.cloud.now();
  const payload = await received(call);
  if (payload === undefined) {
    restore(call, image);
    throw new Refusal(400, 'The client went away during the upload.');
  }
  const current = images(call.cloud).get(image.id);
  if (current === undefined) throw new Refusal(410, goneText(image.id));
  fill(call, current, payload, store);
  return { status: 204 };
}

/** PUT /v2/images/:id/stage: queued → uploading, where it stays until its import; back to queued when the client goes away. */
export async function stageImage(call: Call): Promise<Reply> {
  refuseType(call);
  const image = imageOf(call);
  refuseForeign(call, image, 'modify_image');
  if (image.status !== 'queued') {
    throw new Refusal(409, `Image status transition from ${image.status} to uploading is not allowed`);
  }
  image.status = 'uploading';
  image.updatedAt = call.cloud.now();
  const payload = await received(call);
  if (payload === undefined) {
    restore(call, image);
    throw new Refusal(400, 'The client went away during the upload.');
  }
  const current = images(call.cloud).get(image.id);
  if (current === undefined) throw new Refusal(410, goneText(image.id));
  Object.assign(current, { staged: payload, size: payload.size, updatedAt: call.cloud.now() });
  return { status: 204 };
}

function refuseType(call: Call): void {
  const type = (call.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  if (type === 'application/octet-stream') return;
  throw new Refusal(415, `The request media type ${type} is not supported by this server.`);
}

const garbled = table<number>('image.garbled');

/** From now on a byte of the next so many uploads is changed before anybody hashes them: as by a bad line. */
export function garbleUploads(cloud: Cloud, uploads: number): void {
  garbled(cloud).set('left', uploads);
}

function maybeGarbled({ cloud }: Call, payload: Payload): Payload {
  const left = garbled(cloud).get('left') ?? 0;
  if (left === 0 || payload.size === 0) return payload;
  garbled(cloud).set('left', left - 1);
  const [first = 0] = head(payload, 1);
  return written(payload, 0, Uint8Array.of(255 - first));
}

/** Gives an image its bytes, as the end of an upload does; the image becomes active. */
export function fill(call: Pick<Call, 'cloud'>, image: Image, payload: Payload, store: string | undefined): void {
  if (call.cloud.options.release === 'epoxy') refuseFormat(call, image, payload);
  const md5 = createHash('md5');
  const sha512 = createHash('sha512');
  for (const block of blocksOf(payload)) {
    md5.update(block);
    sha512.update(block);
  }
  image.payload = payload;
  image.size = payload.size;
  image.virtualSize = virtualSizeOf(image, payload);
  image.checksum = md5.digest('hex');
  image.hash = sha512.digest('hex');
  image.store = store;
  image.status = 'active';
  image.updatedAt = call.cloud.now();
}

/** GET /v2/images/:id/file, whole or a range. */
export function downloadImage(call: Call): Reply {
  const image = imageOf(call);
  if (image.status === 'deactivated' && !call.context.isAdmin) {
    throw new Refusal(403, 'The requested image has been deactivated. Image data download is forbidden.');
  }
  if (image.payload === undefined) return { status: 204 };
  const headers = {
    'Content-Type': 'application/octet-stream',
    ...(image.checksum === null ? {} : { 'Content-MD5': image.checksum }),
  };
  const range = rangeOf(call, image.payload.size);
  if (range === undefined) {
    return {
      status: 200,
      stream: streamOf(image.payload),
      headers: { ...headers, 'Content-Length': String(image.payload.size) },
    };
  }
  const [start, end] = range;
  return {
    status: 206,
    stream: streamOf(image.payload, start, end),
    headers: {
      ...headers,
      'Content-Length': String(end - start),
      'Content-Range': `bytes ${start}-${end - 1}/${image.payload.size}`,
    },
  };
}

function storeOf(call: Call): string | undefined {
  const named = call.headers['x-image-meta-store'];
  const stores = storesOf(call.cloud);
  if (typeof named !== 'string') return stores[0];
  if (!stores.includes(named)) throw new Refusal(400, `Unknown scheme '${named}' found in URI`);
  return named;
}

function refuseUpload(call: Call, image: Image): void {
  if (!isMutable(image, call.context)) {
    throw new Refusal(403, `Not allowed to upload image data for image ${image.id}`);
  }
  if (image.status !== 'queued') {
    throw new Refusal(409, `Image status transition from ${image.status} to saving is not allowed`);
  }
  const missing = (['disk_format', 'container_format'] as const).filter((key) => image.attributes[key] === null);
  if (missing.length === 0) return;
  const noun = missing.length === 1 ? 'Property' : 'Properties';
  throw new Refusal(400, `${noun} ${missing.join(', ')} must be set prior to saving data.`);
}

/** All bytes of the request; undefined when the client went away before the end. */
async function received(call: Call): Promise<Payload | undefined> {
  const builder = new PayloadBuilder();
  try {
    for await (const chunk of call.request as AsyncIterable<Buffer>) builder.push(chunk);
  } catch (error) {
    if (call.request.destroyed && !call.request.complete) return undefined;
    throw error;
  }
  return call.request.complete ? maybeGarbled(call, builder.finish()) : undefined;
}

function restore(call: Call, image: Image): void {
  const current = images(call.cloud).get(image.id);
  if (current === undefined) return;
  Object.assign(current, {
    ...{ status: 'queued', size: null, virtualSize: null, checksum: null, hash: null, payload: undefined },
    ...{ store: undefined, staged: undefined, updatedAt: call.cloud.now() },
  });
}

function goneText(id: string): string {
  return (
    `Image ${id} could not be found after upload. The image may have been deleted during the upload, ` +
    'cleaning up the chunks uploaded.'
  );
}

/** The format that the first bytes show, of those that glance's inspector knows; raw when none is recognised. */
function formatOf(payload: Payload): string {
  const start = head(payload, 0x8006);
  if (start.subarray(0, 4).equals(Buffer.from('QFI\xfb', 'latin1'))) return 'qcow2';
  if (start.subarray(0, 4).toString('latin1') === 'KDMV') return 'vmdk';
  if (start.subarray(0, 8).toString('latin1') === 'vhdxfile') return 'vhdx';
  if (start.subarray(0, 8).toString('latin1') === 'conectix') return 'vhd';
  if (start.subarray(0x40, 0x44).equals(Buffer.from([0x7f, 0x10, 0xda, 0xbe]))) return 'vdi';
  if (start.subarray(0x8001, 0x8006).toString('latin1') === 'CD001') return 'iso';
  return 'raw';
}

const INSPECTED = ['raw', 'qcow2', 'vhd', 'vhdx', 'vmdk', 'vdi', 'iso'];

/** Since 2024 Glance refuses bytes that are not of the declared format (glance/location.py set_data). */
function refuseFormat(call: Pick<Call, 'cloud'>, image: Image, payload: Payload): void {
  const { disk_format, container_format } = image.attributes;
  const found = formatOf(payload);
  if (container_format !== 'bare' || disk_format === null || disk_format === 'raw' || disk_format === found) return;
  if (found === 'raw' && !INSPECTED.includes(disk_format)) return;
  Object.assign(image, { status: 'queued', updatedAt: call.cloud.now() });
  throw new Refusal(415, `Image disk_format ${disk_format} does not match stream data ${found}`);
}

function virtualSizeOf(image: Image, payload: Payload): number | null {
  const { disk_format, container_format } = image.attributes;
  if (container_format !== 'bare' || payload.size === 0) return null;
  if (disk_format === 'raw') return payload.size;
  if (disk_format === 'qcow2' && formatOf(payload) === 'qcow2' && payload.size >= 32) {
    return Number(head(payload, 32).readBigUInt64BE(24));
  }
  return null;
}

/** `bytes=a-b` as a half-open range; undefined when the whole is asked for. */
function rangeOf(call: Call, size: number): readonly [number, number] | undefined {
  const asked = call.headers.range;
  if (asked === undefined) return undefined;
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(asked) ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') return [Math.max(size - Number(to), 0), size];
  if (Number(from) >= size) throw new Refusal(416, `Image range ${asked} is not satisfiable`);
  return [Number(from), to === '' ? size : Math.min(Number(to) + 1, size)];
}
