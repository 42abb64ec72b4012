import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { setTimeout as pause } from 'node:timers/promises';
import type { Twin } from './find-leftovers.ts';

export interface ComparedBytes {
  readonly equal: number;
  /** Bytes that were compared. */
  readonly size: number;
  /** In words, what differs. */
  readonly differs: readonly string[];
}

/**
 * Compares the bytes of images and volumes by the hash that each cloud's image service computes itself. A volume has no
 * hash, so an image of it is made on both sides for as long as this takes.
 */
export const compareBytes = async (
  source: Cloud,
  destination: Cloud,
  twins: readonly Twin[],
): Promise<ComparedBytes> => {
  const pairs = twins.filter(({ type }) => type === 'image' || type === 'volume');
  const compared = await Promise.all(
    pairs.map(async ({ type, sourceId, destinationId }) => {
      const read = type === 'image' ? hashOfImage : hashOfVolume;
      const [one, other] = await Promise.all([read(source, sourceId), read(destination, destinationId)]);
      const same = one.hash === other.hash && one.size === other.size;
      const difference = `${type} ${sourceId} has ${shown(one)}, its twin ${destinationId} has ${shown(other)}`;
      return { size: one.size, differs: same ? [] : [difference] };
    }),
  );
  const differs = compared.flatMap((each) => each.differs);
  return {
    equal: compared.length - differs.length,
    size: compared.reduce((sum, { size }) => sum + size, 0),
    differs,
  };
};

interface Hashed {
  readonly hash: string;
  readonly size: number;
}

const shown = ({ hash, size }: Hashed): string => `${size} bytes of ${hash}`;

const readImage = async (cloud: Cloud, id: string): Promise<JsonObject> => {
  const { body } = await cloud.send('image', { method: 'GET', path: `/images/${id}` });
  if (!isJsonObject(body)) throw new Error(`${cloud.name} shows image ${id} as ${JSON.stringify(body)}`);
  return body;
};

const hashOfImage = async (cloud: Cloud, id: string): Promise<Hashed> => {
  const image = await readImage(cloud, id);
  return { hash: `${String(image['os_hash_algo'])} ${String(image['os_hash_value'])}`, size: Number(image['size']) };
};

const hashOfVolume = async (cloud: Cloud, id: string): Promise<Hashed> => {
  const name = `comparison of ${id}`;
  // A demo that was killed while it compared has left one.
  for await (const old of cloud.list('image', '/images', { key: 'images', query: { name } })) {
    await cloud.send('image', { method: 'DELETE', path: `/images/${String(old['id'])}` });
  }
  const wanted = { image_name: name, disk_format: 'raw', container_format: 'bare' };
  const path = `/volumes/${id}/action`;
  const { body } = await cloud.send('block-storage', {
    method: 'POST',
    path,
    body: { 'os-volume_upload_image': wanted },
  });
  const made = isJsonObject(body) ? body['os-volume_upload_image'] : undefined;
  if (!isJsonObject(made)) throw new Error(`${cloud.name} made no image of volume ${id}`);
  const imageId = String(made['image_id']);
  try {
    await untilActive(cloud, imageId);
    return await hashOfImage(cloud, imageId);
  } finally {
    await cloud.send('image', { method: 'DELETE', path: `/images/${imageId}` });
  }
};

const untilActive = async (cloud: Cloud, id: string): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const status = String((await readImage(cloud, id))['status']);
    if (status === 'active') return;
    if (Date.now() > deadline || status === 'killed') throw new Error(`image ${id} of ${cloud.name} is ${status}`);
    await pause(50);
  }
};
