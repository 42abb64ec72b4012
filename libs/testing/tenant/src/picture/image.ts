import type { JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { createHash } from 'node:crypto';
import { listed } from '../listed.ts';
import { nameOf, unordered, without, type Thing, type View } from './thing.ts';

/** What each cloud says of an image in its own way. All others are compared, whoever invented them. */
const ofTheCloud = [
  ...['id', 'owner', 'created_at', 'updated_at', 'self', 'file', 'schema', 'direct_url', 'locations', 'stores'],
  ...['os_hash_algo', 'os_hash_value', 'checksum', 'virtual_size', 'tags'],
];

/** The images of the tenant's projects, with the hash of the bytes that the cloud gives out. */
export const imageThings = async (view: View): Promise<Thing[]> => {
  const owned = await Promise.all([...view.projects.keys()].map((id) => imagesOf(view.cloud, id)));
  const things: Thing[] = [];
  for (const image of owned.flat()) {
    const id = String(image['id']);
    const members = await membersOf(view, id, image['visibility'] === 'shared');
    things.push({
      type: 'image',
      place: `${nameOf(view.projects, image['owner'])}/${String(image['name'])}`,
      looks: {
        ...without(image, ofTheCloud),
        tags: unordered(image['tags']),
        members,
        bytes: await hashImage(view.cloud, id),
      },
    });
  }
  return things;
};

/** The SHA-256 of the bytes of an image. */
export const hashImage = async (cloud: Cloud, id: string): Promise<string> => {
  const data = await cloud.download('image', { method: 'GET', path: `/images/${id}/file` });
  const hash = createHash('sha256');
  await data.read((chunk) => void hash.update(chunk), new AbortController().signal);
  return hash.digest('hex');
};

const imagesOf = async (cloud: Cloud, owner: string): Promise<readonly JsonObject[]> => {
  const query = { owner, visibility: 'all' };
  const shown = await listed(cloud, 'image', { path: '/images', key: 'images', query });
  const hidden = await listed(cloud, 'image', {
    path: '/images',
    key: 'images',
    query: { ...query, os_hidden: 'true' },
  });
  const ids = new Set(shown.map(({ id }) => id));
  return [...shown, ...hidden.filter(({ id }) => !ids.has(id))];
};

const membersOf = async ({ cloud, projects }: View, id: string, shared: boolean): Promise<readonly string[]> => {
  if (!shared) return [];
  const members = await listed(cloud, 'image', { path: `/images/${id}/members`, key: 'members' });
  return members.map(({ member_id, status }) => `${nameOf(projects, member_id)} ${String(status)}`).sort();
};
