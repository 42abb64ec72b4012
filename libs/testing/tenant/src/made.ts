import { isJsonObject, type JsonObject } from '@osm/kernel';
import { writeAll, type Cloud, type ServiceName } from '@osm/resource';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Creates one thing by its plain API call and returns what the cloud shows of it. */
export const make = async (
  cloud: Cloud,
  service: ServiceName,
  path: string,
  one: string,
  body: object,
  microversion?: string,
): Promise<JsonObject & { readonly id: string }> => {
  const wanted = microversion === undefined ? {} : { microversion };
  const answer = await cloud.send(service, { method: 'POST', path, body: { [one]: body }, ...wanted });
  const made = isJsonObject(answer.body) ? answer.body[one] : undefined;
  if (!isJsonObject(made)) throw new TypeError(`${service} ${path} answered without ${one}`);
  return { ...made, id: String(made['id']) };
};

/** Waits until a thing shows one of the wanted states; fails when it shows an error or three minutes have passed. */
export const until = async (
  cloud: Cloud,
  service: ServiceName,
  path: string,
  one: string | null,
  wanted: (thing: JsonObject) => boolean,
): Promise<JsonObject> => {
  const deadline = Date.now() + 180_000;
  for (let wait = 20; ; wait = Math.min(wait * 1.5, 1000)) {
    const { body } = await cloud.send(service, { method: 'GET', path });
    const thing = one === null || !isJsonObject(body) ? body : body[one];
    if (!isJsonObject(thing)) throw new TypeError(`${service} ${path} answered without ${String(one)}`);
    if (wanted(thing)) return thing;
    if (String(thing['status']).includes('error') || Date.now() > deadline) {
      throw new Error(`${service} ${path} is ${String(thing['status'])}`);
    }
    await pause(wait);
  }
};

/** Bytes that look random and are the same each time. */
export const bytesOf = (name: string, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  let block = createHash('sha256').update(name).digest();
  for (let at = 0; at < size; at += block.length) {
    block.copy(bytes, at);
    block = createHash('sha256').update(block).digest();
  }
  return bytes;
};

/** An image with data; returns its id. */
export const makeImage = async (
  cloud: Cloud,
  name: string,
  data: Buffer,
  properties: { readonly [name: string]: unknown } = {},
): Promise<string> => {
  const body = { name, disk_format: 'raw', container_format: 'bare', ...properties };
  const answer = await cloud.send('image', { method: 'POST', path: '/images', body });
  const id = String(isJsonObject(answer.body) ? answer.body['id'] : undefined);
  const headers = { 'content-type': 'application/octet-stream' };
  const put = { method: 'PUT', path: `/images/${id}/file`, headers } as const;
  await writeAll(await cloud.upload('image', put, data.length), data);
  await until(cloud, 'image', `/images/${id}`, null, ({ status }) => status === 'active');
  return id;
};

/** A volume whose beginning holds these bytes, made through an image that is then deleted; returns its id. */
export const makeVolume = async (
  cloud: Cloud,
  name: string,
  data: Buffer | undefined,
  options: { readonly [name: string]: unknown } = {},
): Promise<string> => {
  const imageRef =
    data === undefined ? undefined : await makeImage(cloud, `for ${name}`, data, { 'acme:origin': name });
  const volume = await make(cloud, 'block-storage', '/volumes', 'volume', { name, size: 1, imageRef, ...options });
  await until(cloud, 'block-storage', `/volumes/${volume.id}`, 'volume', ({ status }) => status === 'available');
  if (imageRef !== undefined) await cloud.send('image', { method: 'DELETE', path: `/images/${imageRef}` });
  return volume.id;
};

/** An action on a volume. */
export const actOnVolume = async (cloud: Cloud, id: string, body: object): Promise<void> => {
  await cloud.send('block-storage', { method: 'POST', path: `/volumes/${id}/action`, body });
};
