import { isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, pick, type Cloud, type Request } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { behaviourDiffers, portable, tied } from './extra-specs.ts';
import { writeVersion } from './write-version.ts';

const isPublic = 'share_type_access:is_public';

const Source = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  [isPublic]: z.boolean(),
  extra_specs: z.record(z.string(), z.string()),
  required_extra_specs: z.record(z.string(), z.string()).optional(),
  is_default: z.boolean().optional(),
  access: z.array(z.string()),
  tied_extra_specs: z.array(z.string()),
});

/** A Manila share type: what shares of it can do, and who may have such. */
export const shareType = defineResource({
  type: 'share-type',
  summary: 'A share type with its extra specs and, where it is private, the projects that may use it.',
  api: {
    service: 'shared-file-system',
    path: '/types',
    one: 'share_type',
    many: 'share_types',
    // Public and private ones; without it the list has the public ones only.
    everything: { is_public: 'all' },
    update: 'PUT',
    microversion: { read: 'newest', write: writeVersion },
  },
  filters: [isPublic],
  source: Source,
  needs: { access: { of: project, ids: (s) => s.access } },
  enrich: withAccess,

  create: (s) => ({ ...pick(s, 'name', 'description', isPublic), extra_specs: portable(s.extra_specs) }),

  adopt: {
    // Manila refuses a second type of a name.
    unique: (s) => ({ query: { is_public: 'all' }, match: { name: s.name } }),
    differs: (s, candidate) =>
      candidate[isPublic] === s[isPublic]
        ? behaviourDiffers(s.extra_specs, candidate['extra_specs'])
        : 'one of the two is private and the other public',
  },

  expect: (s, to) => ({ access: s.access.map(to.access) }),
  // Access also for one that was there before: the projects could not use it otherwise. 409: it is so already.
  finish: (s, to, twin) =>
    s.access.map((id): Request => ({
      method: 'POST',
      path: `/types/${twin.id}/action`,
      body: { addProjectAccess: { project: to.access(id) } },
      microversion: writeVersion,
      accept: [409],
    })),

  dropWhen: (s) => ({
    tied_extra_specs:
      s.tied_extra_specs.length > 0
        ? lost('they name back ends of the source; set those of the destination with `openstack share type set`')
        : mapped('there are none'),
  }),
  drop: {
    id: impossible('each cloud gives its own ids'),
    required_extra_specs: mapped('Manila repeats here what is among extra_specs'),
    is_default: impossible('Manila’s configuration names the default type'),
  },
});

const Access = z.array(z.object({ project_id: z.string() }));

/** Adds who may use a private type (Manila answers 404 for public ones), and which specs are bound to back ends. */
function withAccess(cloud: Cloud): Promise<(item: JsonObject) => Promise<JsonObject>> {
  return Promise.resolve(async (item) => {
    const specs = z.record(z.string(), z.string()).parse(item['extra_specs']);
    const found = { tied_extra_specs: Object.entries(tied(specs)).map(([key, value]) => `${key}=${value}`) };
    if (item[isPublic] !== false) return { access: [], ...found };
    const path = `/types/${String(item['id'])}/share_type_access`;
    const { body } = await cloud.send('shared-file-system', { method: 'GET', path, microversion: writeVersion });
    const access = Access.parse(isJsonObject(body) ? body['share_type_access'] : body);
    return { access: access.map(({ project_id }) => project_id).sort(), ...found };
  });
}
