import { isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, madeByTheCloud, pick, type Cloud, type Query } from '@osm/resource';
import { allUsers, user } from '@osm/resources/identity';
import { z } from 'zod';
import { differences } from './differences.ts';

/**
 * A Nova keypair: a public key of one user. Its id is `user/name` where an administrator sees the keys of all users, whose
 * names are unique for one user only, and the plain name where a user sees its own.
 */
export const keypair = defineResource({
  type: 'keypair',
  summary: 'A public key that new instances let in.',
  api: {
    service: 'compute',
    path: '/os-keypairs',
    one: 'keypair',
    many: 'keypairs',
    locate,
    listed,
    update: 'PUT',
    // From 2.92 on names may have dots and at-signs; keys of other users are known since 2.10. Every cloud has 2.92.
    microversion: { read: 'newest', write: '2.92' },
  },

  source: z.object({
    name: z.string(),
    user_id: z.string().nullish(),
    public_key: z.string(),
    fingerprint: z.string(),
    type: z.string().nullish(),
  }),

  id: (item) => idOf(item),
  listAll: keypairsOfAll,
  needs: { user: { of: user, id: (s) => s.user_id, owner: true } },
  filters: ['user_id', 'type'],

  create: (s, to) => ({ ...pick(s, 'name', 'public_key', 'type'), user_id: to.user }),
  adopt: {
    unique: (s, to) => ({ query: to.user == null ? {} : { user_id: to.user }, match: { name: s.name } }),
    // Without a marker: the fingerprint says whether it is the same key.
    differs: (s, candidate) => differences([['fingerprint', s.fingerprint, candidate['fingerprint']]]),
  },
  expect: (s) => ({ fingerprint: s.fingerprint }),

  drop: {
    id: impossible('a row number that Nova shows and nobody can use'),
    created_at: madeByTheCloud.created_at,
    updated_at: madeByTheCloud.updated_at,
    deleted: impossible('Nova shows none that is deleted'),
    deleted_at: impossible('Nova shows none that is deleted'),
  },
});

function idOf({ user_id, name }: JsonObject): string {
  return typeof user_id === 'string' ? `${user_id}/${String(name)}` : String(name);
}

/** Neither the ids of users nor the names of keypairs can have a slash. */
function locate(id: string): { readonly path: string; readonly query?: Query } {
  const at = id.indexOf('/');
  const path = `/os-keypairs/${encodeURIComponent(id.slice(at + 1))}`;
  return at < 0 ? { path } : { path, query: { user_id: id.slice(0, at) } };
}

/** Items of the list are in an envelope each, and do not say whose they are: the question did. */
function listed(item: JsonObject, query: Query): JsonObject {
  const inner = isJsonObject(item['keypair']) ? item['keypair'] : item;
  const owner = query['user_id'];
  return typeof owner === 'string' ? { ...inner, user_id: owner } : inner;
}

/** The list shows the keys of one user at a time. */
async function* keypairsOfAll(cloud: Cloud, scope: 'all-tenants' | 'own-project'): AsyncIterable<JsonObject> {
  if (scope === 'own-project') {
    yield* keypairsOf(cloud, {});
    return;
  }
  for await (const { id } of allUsers(cloud, scope)) yield* keypairsOf(cloud, { user_id: String(id) });
}

async function* keypairsOf(cloud: Cloud, query: Query): AsyncIterable<JsonObject> {
  const options = { key: 'keypairs', query, microversion: 'newest' };
  for await (const item of cloud.list('compute', '/os-keypairs', options)) yield listed(item, query);
}
