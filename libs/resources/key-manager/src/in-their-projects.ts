import { Failure, isFailure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { askInEachProject } from '@osm/resources/identity';
import { aclOf } from './acl.ts';
import { idOfHref } from './href.ts';

/** The newest that both ends of any route have: it shows who uses a secret. Barbican tells it in no version document. */
const withConsumers = { 'OpenStack-API-Version': 'key-manager 1.1' } as const;

/** Barbican's largest page; its own default is 10. */
export const wholePages = { limit: '100' } as const;

/** One of Barbican's two collections. */
export interface Collection {
  readonly key: 'secrets' | 'containers';
  readonly href: 'secret_ref' | 'container_ref';
  /** Further things that hang on each item, by the attribute under which we show them. */
  readonly hanging: readonly 'metadata'[];
}

/** Everything that there is, each with what hangs on it. Barbican lists the token's project alone. */
export const listEverywhere = (
  collection: Collection,
): ((cloud: Cloud, scope: 'all-tenants' | 'own-project') => AsyncIterable<JsonObject>) =>
  async function* (cloud, scope) {
    if (scope === 'own-project') yield* listIn(cloud, collection);
    else yield* askInEachProject(cloud, (inside) => Array.fromAsync(listIn(inside, collection)));
  };

async function* listIn(cloud: Cloud, collection: Collection): AsyncIterable<JsonObject> {
  const { key } = collection;
  const options = { key, query: wholePages, headers: withConsumers };
  for await (const item of cloud.list('key-manager', `/${key}`, options)) {
    const more = await unlessGone(complete(cloud, collection, item));
    if (more !== undefined) yield { ...item, ...more };
  }
}

/** What expires, or is deleted, while it is looked at is as if it had never been listed. */
const unlessGone = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
};

/** What the item of a list, or one that was asked for by its id, does not show itself. */
export const enrichIn =
  (collection: Collection) =>
  (cloud: Cloud): Promise<(item: JsonObject) => Promise<JsonObject>> =>
    Promise.resolve(async (item) => ('project_id' in item ? {} : complete(cloud, collection, item)));

const complete = async (cloud: Cloud, collection: Collection, item: JsonObject): Promise<JsonObject> => {
  const { key, href, hanging } = collection;
  const id = idOfHref(item[href]);
  const path = `/${key}/${id}`;
  const { projectId } = await cloud.whoAmI();
  const own = { id, project_id: projectId ?? null };
  const read = async (below: string): Promise<Json> =>
    (await cloud.send('key-manager', { method: 'GET', path: `${path}${below}`, headers: withConsumers })).body;
  try {
    const [acl, hangs, full] = await Promise.all([
      read('/acl'),
      Promise.all(hanging.map(async (name) => [name, inner(await read(`/${name}`), name)] as const)),
      'consumers' in item ? item : read(''),
    ]);
    const consumers = isJsonObject(full) ? (full['consumers'] ?? []) : [];
    return { ...own, consumers, acl: aclOf(acl), ...Object.fromEntries(hangs) };
  } catch (error) {
    // Its creator keeps it private: it is listed all the same.
    if (!isFailure(error) || error.code !== 'forbidden') throw error;
    return { ...own, acl: null, ...Object.fromEntries(hanging.map((name) => [name, null])) };
  }
};

const inner = (body: Json, key: string): Json => {
  if (isJsonObject(body) && body[key] !== undefined) return body[key];
  throw new Failure('unreadable-answer', `cannot read the answer of the key manager: no ${key} in it`, {
    remedy: 'The endpoint may not be the key manager that the catalogue says it is.',
  });
};
