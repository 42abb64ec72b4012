import { defineResource, identity, impossible, madeByTheCloud, pick } from '@osm/resource';
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
  }),

  needs: {},
  filters: ['enabled'],

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
  },
});
