import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, madeByTheCloud, pick, type Cloud, type Request } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { differences } from './differences.ts';

/** Microversion 2.55: the lowest that has the description, and whose flavors can be changed at all. */
const write = '2.55';

/** A Nova flavor: the size of instances. A name that exists with other specs is for a person to solve. */
export const flavor = defineResource({
  type: 'flavor',
  summary: 'The size of instances: memory, processors, disks and further specs.',
  api: {
    service: 'compute',
    path: '/flavors',
    listPath: '/flavors/detail',
    one: 'flavor',
    many: 'flavors',
    // The word that shows an administrator public and private ones; without it the list has the public ones only.
    everything: { is_public: 'None' },
    update: 'PUT',
    microversion: { read: 'newest', write },
  },

  source: z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    ram: z.number(),
    vcpus: z.number(),
    disk: z.number(),
    // Below 2.75 none is the empty text; we read at newer ones.
    swap: z.number(),
    'OS-FLV-EXT-DATA:ephemeral': z.number(),
    // Not shown from 2.102 on.
    rxtx_factor: z.number().optional(),
    'os-flavor-access:is_public': z.boolean(),
    extra_specs: z.record(z.string(), z.string()).optional(),
    access: z.array(z.string()).optional(),
  }),

  needs: { access: { of: project, ids: (s) => s.access ?? [] } },
  filters: ['os-flavor-access:is_public'],
  enrich: withAccess,

  create: (s, _to, { policy }) => ({
    id: policy.preserve_ids ? s.id : undefined,
    ...pick(s, 'name', 'description', 'ram', 'vcpus', 'disk', 'swap'),
    ...pick(s, 'OS-FLV-EXT-DATA:ephemeral', 'rxtx_factor', 'os-flavor-access:is_public'),
  }),
  adopt: {
    unique: (s) => ({ query: { is_public: 'None' }, match: { name: s.name } }),
    differs: (s, candidate) =>
      differences([
        ['ram', s.ram, candidate['ram']],
        ['vcpus', s.vcpus, candidate['vcpus']],
        ['disk', s.disk, candidate['disk']],
        ['swap', s.swap, candidate['swap']],
        ['ephemeral', s['OS-FLV-EXT-DATA:ephemeral'], candidate['OS-FLV-EXT-DATA:ephemeral']],
        ['extra_specs', s.extra_specs ?? {}, candidate['extra_specs'] ?? {}],
      ]),
    marker: 'description',
  },
  expect: (s, to) => ({ access: s.access?.map(to.access) }),
  same: {
    // A cloud at 2.102 or later does not show it; 1 is what all flavors have there.
    rxtx_factor: (expected, actual) => expected === actual || (expected === 1 && actual === undefined),
  },
  // Access also for one that was there before: the projects cannot use it otherwise.
  finish: (s, to, twin) => [
    ...(twin.reused
      ? []
      : Object.entries(s.extra_specs ?? {}).map(([key, value]) => putExtraSpec(twin.id, key, value))),
    ...(s.access ?? []).map((id) => letUse(twin.id, to.access(id))),
  ],

  drop: {
    id: impossible('each cloud gives its own ids, unless the plan preserves ids'),
    links: madeByTheCloud.id,
    'OS-FLV-DISABLED:disabled': impossible('no API can set it'),
  },
});

/** Each alone: unlike the POST of all at once, this may be repeated whatever came of it. */
const putExtraSpec = (id: string, key: string, value: string): Request => ({
  method: 'PUT',
  path: `/flavors/${encodeURIComponent(id)}/os-extra_specs/${encodeURIComponent(key)}`,
  body: { [key]: value },
  microversion: write,
});

/** 409: it is so already. */
const letUse = (id: string, tenant: string): Request => ({
  method: 'POST',
  path: `/flavors/${encodeURIComponent(id)}/action`,
  body: { addTenantAccess: { tenant } },
  microversion: write,
  accept: [409],
});

/** Adds the projects that may use a private flavor; only they are asked about, since Nova answers 404 for public ones. */
function withAccess(cloud: Cloud): Promise<(item: JsonObject) => Promise<JsonObject>> {
  return Promise.resolve(async (item) => {
    if (item['os-flavor-access:is_public'] !== false) return { access: [] };
    const path = `/flavors/${encodeURIComponent(String(item['id']))}/os-flavor-access`;
    const { body } = await cloud.send('compute', { method: 'GET', path, microversion: write });
    return {
      access: Access.parse(isJsonObject(body) ? body['flavor_access'] : body).map((one): Json => one.tenant_id),
    };
  });
}

const Access = z.array(z.object({ tenant_id: z.string() }));
