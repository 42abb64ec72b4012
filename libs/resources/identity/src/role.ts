import { isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, identity, madeByTheCloud, pick, type Cloud } from '@osm/resource';
import { z } from 'zod';
import { domain } from './domain.ts';
import { freezeLast } from './freeze-last.ts';

/** A Keystone role, with the roles that it implies. `admin`, `member` and `reader` exist everywhere: they are reused. */
export const role = defineResource({
  type: 'role',
  summary: 'What a user may be assigned in a project, a domain or the whole cloud.',
  api: identity('/roles', 'role'),

  source: z.object({
    id: z.string(),
    name: z.string(),
    domain_id: z.string().nullish(),
    description: z.string().nullish(),
    options: z.record(z.string(), z.json()).optional(),
    implies: z.array(z.string()).optional(),
  }),

  needs: {
    domain: { of: domain, id: (s) => s.domain_id, parent: true },
    // Chains are common, circles are refused by Keystone.
    implied: { of: 'self', ids: (s) => s.implies ?? [] },
  },
  filters: ['domain_id'],
  listAll: allRoles,
  enrich: impliedRoles,

  create: (s, to) => ({ domain_id: to.domain, ...pick(s, 'name', 'description') }),
  adopt: {
    unique: (s, to) => ({
      // Without a domain in the query the list shows the roles of no domain, which are the others.
      query: to.domain == null ? { name: s.name } : { name: s.name, domain_id: to.domain },
      match: { name: s.name, domain_id: to.domain ?? null },
    }),
    marker: 'description',
  },
  expect: (s, to) => ({ implies: s.implies?.map(to.implied) }),
  // Who widens a role that was there before gives rights to people whom nobody asked about.
  finish: (s, to, twin) =>
    twin.reused
      ? []
      : [
          ...(s.implies ?? []).map((id) => ({
            method: 'PUT' as const,
            path: `/roles/${twin.id}/implies/${to.implied(id)}`,
            // Keystone answers so when it is implied already.
            accept: [409],
          })),
          ...freezeLast('role', `/roles/${twin.id}`, s, twin),
        ],

  drop: {
    id: madeByTheCloud.id,
    links: madeByTheCloud.id,
  },
});

/** The plain list shows the roles of no domain only. */
async function* allRoles(cloud: Cloud, scope: 'all-tenants' | 'own-project'): AsyncIterable<JsonObject> {
  yield* cloud.list('identity', '/roles', { key: 'roles' });
  if (scope === 'own-project') return;
  for await (const { id } of cloud.list('identity', '/domains', { key: 'domains' })) {
    yield* cloud.list('identity', '/roles', { key: 'roles', query: { domain_id: String(id) } });
  }
}

const Inference = z.object({
  prior_role: z.object({ id: z.string() }),
  implies: z.array(z.object({ id: z.string() })),
});

async function impliedRoles(cloud: Cloud): Promise<(item: JsonObject) => JsonObject> {
  const { body } = await cloud.send('identity', { method: 'GET', path: '/role_inferences' });
  const inferences = z.array(Inference).parse(isJsonObject(body) ? body['role_inferences'] : body);
  const implied = new Map(inferences.map(({ prior_role, implies }) => [prior_role.id, implies.map(({ id }) => id)]));
  return (item) => ({ implies: implied.get(String(item['id'])) ?? [] });
}
