import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/** Images of that name, hidden ones too: a marker is the name of what an earlier run has made. */
export const imagesNamed = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly JsonObject[]> => {
  const found = new Map<string, JsonObject>();
  for (const query of [{ name }, { name, os_hidden: 'true' }]) {
    for await (const item of cloud.list('image', '/images', { key: 'images', query }, signal)) {
      if (item['name'] === name) found.set(String(item['id']), item);
    }
  }
  return [...found.values()];
};

/** An image as Glance shows it; undefined where there is none. */
export const imageOf = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<JsonObject | undefined> => {
  const { status, body } = await cloud.send('image', { method: 'GET', path: `/images/${id}`, accept: [404] }, signal);
  return status === 404 || !isJsonObject(body) ? undefined : body;
};

/** Removes those of that name; returns their ids. */
export const removeImages = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  const ids = (await imagesNamed(cloud, name, signal)).map(({ id }) => String(id));
  for (const id of ids) await cloud.send('image', { method: 'DELETE', path: `/images/${id}`, accept: [404] }, signal);
  return ids;
};
