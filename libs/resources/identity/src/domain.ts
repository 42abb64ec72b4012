import { isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, identity, impossible, lost, madeByTheCloud, pick, type Cloud } from '@osm/resource';
import { z } from 'zod';
import { freezeLast } from './freeze-last.ts';

/** A Keystone domain: a namespace of users, projects and groups. The domain `default` exists everywhere. */
export const domain = defineResource({
  type: 'domain',
  summary: 'A namespace of users and projects.',
  api: identity('/domains', 'domain'),

  source: z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    enabled: z.boolean(),
    tags: z.array(z.string()).optional(),
    options: z.record(z.string(), z.json()).optional(),
    /** Enriched: the groups of its own configuration (`identity`, `ldap`); none: it has none. */
    config: z.array(z.string()).optional(),
  }),

  needs: {},
  filters: ['enabled'],
  enrich: withConfig,

  create: (s, _to, { policy }) => ({
    // Users of an LDAP directory get ids made of the domain's id: with the same one they arrive with the same ids.
    explicit_domain_id: policy.preserve_ids ? s.id : undefined,
    ...pick(s, 'name', 'description', 'enabled', 'tags'),
  }),
  adopt: { unique: (s) => ({ query: { name: s.name }, match: { name: s.name } }), marker: 'description' },
  finish: (s, _to, twin) => freezeLast('domain', `/domains/${twin.id}`, s, twin),

  // Keystone refuses to delete a domain that is enabled.
  remove: (s) => [{ method: 'PATCH', path: `/domains/${s.id}`, body: { domain: { enabled: false } }, accept: [404] }],

  drop: {
    id: impossible('each cloud gives its own ids, unless the plan preserves ids'),
    links: madeByTheCloud.id,
    config: lost(
      'its directory (LDAP) is not carried: Keystone shows no passwords of it, so it has to be set up at the destination by hand',
    ),
  },
});

/** Adds which groups of configuration a domain has of its own: one question a domain, and domains are few. */
function withConfig(cloud: Cloud): Promise<(item: JsonObject) => Promise<JsonObject>> {
  return Promise.resolve(async (item) => {
    const path = `/domains/${String(item['id'])}/config`;
    const { status, body } = await cloud.send('identity', { method: 'GET', path, accept: [404] });
    const config = status !== 404 && isJsonObject(body) ? body['config'] : undefined;
    return { config: isJsonObject(config) ? Object.keys(config).sort() : [] };
  });
}
