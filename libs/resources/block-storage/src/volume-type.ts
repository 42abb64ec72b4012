import { Failure } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, type Cloud } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';

/** Access lists and encryption of types have calls of their own; types are few. */
const withAccess = async (cloud: Cloud) => async (item: { readonly [name: string]: unknown }) => {
  const path = `/types/${String(item['id'])}`;
  const encryption = await cloud.send('block-storage', { method: 'GET', path: `${path}/encryption` });
  const encrypted = Object.keys(encryption.body as object).length > 0;
  if (item['is_public'] === true) return { access: [], encryption: encrypted ? encryption.body : null };
  const access: string[] = [];
  const list = cloud.list('block-storage', `${path}/os-volume-type-access`, { key: 'volume_type_access' });
  for await (const { project_id } of list) access.push(String(project_id));
  return { access: access.sort(), encryption: encrypted ? encryption.body : null };
};

/** A Cinder volume type: a name for a kind of storage, with the extra specs that choose the backend. */
export const volumeType = defineResource({
  type: 'volume-type',
  summary: 'A volume type with its extra specs and, where it is private, the projects that may use it.',
  api: {
    service: 'block-storage',
    path: '/types',
    one: 'volume_type',
    many: 'volume_types',
    everything: { is_public: 'None' },
    update: 'PUT',
    microversion: { read: 'newest', write: '3.0' },
  },
  filters: [],

  source: z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    is_public: z.boolean(),
    'os-volume-type-access:is_public': z.boolean().optional(),
    extra_specs: z.record(z.string(), z.string()).optional(),
    qos_specs_id: z.string().nullish(),
    access: z.array(z.string()),
    encryption: z.unknown(),
  }),

  needs: {
    access: { of: project, ids: (s) => s.access },
  },

  create: (s) => {
    if (s.encryption !== null) throw encryptedType(s.id, s.name);
    return {
      name: s.name,
      description: s.description,
      'os-volume-type-access:is_public': s.is_public,
      extra_specs: s.extra_specs,
    };
  },

  adopt: {
    unique: (s) => ({ query: { is_public: 'None' }, match: { name: s.name } }),
    differs: (s, twin) =>
      (s.encryption === null) === (twin['encryption'] === null)
        ? undefined
        : 'one of the two encrypts its volumes and the other does not',
  },

  expect: (s, to) => ({
    is_public: s.is_public,
    access: s.access.map((id) => to.access(id)),
    encryption: s.encryption,
  }),

  enrich: withAccess,
  finish: (s, to, twin) =>
    twin.reused
      ? []
      : s.access.map((id) => ({
          method: 'POST',
          path: `/types/${twin.id}/action`,
          body: { addProjectAccess: { project: to.access(id) } },
          accept: [409],
        })),

  drop: {
    id: impossible('each cloud gives its own ids'),
    qos_specs_id: lost('QoS specs are not migrated yet'),
    'os-volume-type-access:is_public': mapped('the same as is_public'),
  },
});

const encryptedType = (id: string, name: string): Failure =>
  new Failure('encrypted-type', `cannot migrate volume-type ${id} (${name}): its volumes are encrypted`, {
    remedy:
      'Make an encrypted type of your own at the destination and name it with openstack-migrate register-external --resource-type volume-type.',
  });
