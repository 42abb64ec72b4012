import { equalJson, isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, mapped, pick } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';

const Source = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  policy: z.string(),
  /** `max_server_per_host`, or nothing. */
  rules: z.record(z.string(), z.json()),
});

/** A Nova server group: its instances are kept together or apart. It has no attribute that could carry a marker. */
export const serverGroup = defineResource({
  type: 'server-group',
  summary: 'A rule by which instances are kept together on a host, or apart.',
  api: {
    service: 'compute',
    path: '/os-server-groups',
    one: 'server_group',
    many: 'server_groups',
    everything: { all_projects: 'True' },
    update: 'PUT',
    // The lowest that has one policy and its rules; before, it had a list of policies.
    microversion: { read: 'newest', write: '2.64' },
  },
  source: Source,

  needs: { project: { of: project, id: (s) => s.project_id, owner: true } },
  filters: ['project_id', 'policy'],
  // Nova takes the owner from the token alone.
  actsInProject: true,

  create: (s) => ({
    ...pick(s, 'name', 'policy'),
    // Nova takes rules for one policy only, and there not even empty ones for the others.
    ...(Object.keys(s.rules).length === 0 ? {} : pick(s, 'rules')),
  }),

  adopt: {
    // A finished twin looks the same until its instances are in it; it is looked for only after an attempt of ours.
    traces: (s) => ({
      query: {},
      matches: (candidate) => isEmpty(candidate) && sameRule(s, candidate),
    }),
  },
  expect: (s, to) => ({ project_id: to.project, ...pick(s, 'rules') }),

  drop: {
    id: impossible('each cloud gives its own ids'),
    user_id: impossible('Nova takes the user from the token; the migrating user has made it'),
    members: mapped('its instances join it when they boot'),
  },
  volatile: ['members'],
});

const isEmpty = ({ members }: JsonObject): boolean => Array.isArray(members) && members.length === 0;

const sameRule = (s: z.infer<typeof Source>, candidate: JsonObject): boolean =>
  candidate['name'] === s.name &&
  candidate['policy'] === s.policy &&
  equalJson(isJsonObject(candidate['rules']) ? candidate['rules'] : {}, s.rules);
