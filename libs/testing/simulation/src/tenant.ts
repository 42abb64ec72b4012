import { defineResource, identity, impossible, pick } from '@osm/resource';
import { grant, revoke } from '@osm/resources/identity';
import { z } from 'zod';

/** A project without its tree: with the real steps that lend a role in it and take it back. */
export const tenant = defineResource({
  type: 'project',
  summary: 'What owns resources.',
  api: identity('/projects', 'project'),
  source: z.object({ id: z.string(), name: z.string(), enabled: z.boolean(), tags: z.array(z.string()) }),
  needs: {},
  filters: [],
  create: (s) => pick(s, 'name', 'enabled', 'tags'),
  adopt: { unique: (s) => ({ query: { name: s.name }, match: { name: s.name } }), marker: 'description' },
  auxiliary: [grant, revoke],
  drop: { id: impossible('each cloud gives its own ids') },
});
