import { Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/** An image as its cloud shows it now. */
export const showImage = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<JsonObject> => {
  const { body } = await cloud.send('image', { method: 'GET', path: `/images/${id}` }, signal);
  return isJsonObject(body) ? body : {};
};

/** Where an image's data are read. */
export const fileOf = (image: JsonObject) => ({ method: 'GET', path: `/images/${String(image['id'])}/file` }) as const;

/** How data are sent to Glance. */
export const octets = { 'content-type': 'application/octet-stream' } as const;

/** Newer Glance looks into what it is given, and refuses what is not of the format that it is said to be. */
export const unlessMislabelled = (original: JsonObject, error: unknown): unknown =>
  isFailure(error) && error.http?.status === 415 ? mislabelled(original, error) : error;

const mislabelled = (original: JsonObject, { message, http }: Failure): Failure => {
  const format = String(original['disk_format']);
  return new Failure(
    'twin-failed',
    `cannot copy image ${String(original['id'])}: the destination finds that its data are not of the format ${format}: ${message}`,
    {
      http,
      remedy:
        'Find out what it is (qemu-img info), save it (openstack image save), make it again at the source with its true --disk-format, and migrate that one.',
    },
  );
};
