import type { JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/** Every image of exactly that name. */
export const imagesNamed = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly JsonObject[]> => {
  const found: JsonObject[] = [];
  for await (const item of cloud.list('image', '/images', { key: 'images', query: { name } }, signal)) {
    if (item['name'] === name) found.push(item);
  }
  return found;
};

/** Deletes every image of that name; returns their ids. */
export const removeImages = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  const ids = (await imagesNamed(cloud, name, signal)).map(({ id }) => String(id));
  for (const id of ids) await cloud.send('image', { method: 'DELETE', path: `/images/${id}`, accept: [404] }, signal);
  return ids;
};
