import { Failure, canonicalJson, equalJson, isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, type Cloud, type Left } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';

/** Access lists and encryption of types have calls of their own; types are few. */
const withAccess = async (cloud: Cloud) => async (item: JsonObject) => {
  const path = `/types/${String(item['id'])}`;
  const { body } = await cloud.send('block-storage', { method: 'GET', path: `${path}/encryption` });
  const encryption = isJsonObject(body) ? encryptionOf(body) : null;
  if (item['is_public'] === true) return { access: [], encryption };
  const access: string[] = [];
  const list = cloud.list('block-storage', `${path}/os-volume-type-access`, { key: 'volume_type_access' });
  for await (const { project_id } of list) access.push(String(project_id));
  return { access: access.sort(), encryption };
};

/** How a type encrypts, without ids and times; null: it does not. */
const encryptionOf = ({ provider, cipher, key_size, control_location }: JsonObject): JsonObject | null =>
  provider === undefined
    ? null
    : { provider, cipher: cipher ?? null, key_size: key_size ?? null, control_location: control_location ?? null };

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
    encryption: z.record(z.string(), z.json()).nullable(),
  }),

  needs: {
    access: { of: project, ids: (s) => s.access },
  },

  create: (s, _to, { policy }) => {
    if (s.encryption !== null && !policy.accept_unencrypted) throw encryptedType(s.id, s.name);
    return {
      name: s.name,
      description: s.description,
      'os-volume-type-access:is_public': s.is_public,
      extra_specs: s.extra_specs === undefined ? undefined : portable(s.extra_specs),
    };
  },

  adopt: {
    unique: (s) => ({ query: { is_public: 'None' }, match: { name: s.name } }),
    // Of the same name and another kind: volumes would land where nobody wants them.
    differs: (s, twin) => {
      if ((s.encryption === null) !== (twin['encryption'] === null)) {
        return 'one of the two encrypts its volumes and the other does not';
      }
      const { encryption } = twin;
      if (!equalJson(s.encryption, encryption ?? null))
        return `it encrypts otherwise: ${canonicalJson(encryption ?? null)}`;
      const specs = twin['extra_specs'] ?? {};
      const wanted = portable(s.extra_specs ?? {});
      return equalJson(wanted, portable(isJsonObject(specs) ? specs : {}))
        ? undefined
        : `its extra_specs are ${canonicalJson(specs)} and not ${canonicalJson(wanted)}`;
    },
  },

  expect: (s, to) => ({
    is_public: s.is_public,
    extra_specs: s.extra_specs === undefined ? undefined : portable(s.extra_specs),
    access: s.access.map((id) => to.access(id)),
    encryption: s.encryption,
  }),

  enrich: withAccess,
  // Access also for one that was there before: the projects cannot use it otherwise.
  finish: (s, to, twin) =>
    s.access.map((id) => ({
      method: 'POST',
      path: `/types/${twin.id}/action`,
      body: { addProjectAccess: { project: to.access(id) } },
      // It is so already.
      accept: [409],
    })),

  drop: {
    id: impossible('each cloud gives its own ids'),
    qos_specs_id: lost('limits of speed (QoS specs) are not carried: set them at the destination and associate them'),
    'os-volume-type-access:is_public': mapped('the same as is_public'),
  },
  dropWhen: (s, policy): { readonly [attribute: string]: Left } =>
    s.encryption !== null && policy.accept_unencrypted
      ? { encryption: lost('policy: accept_unencrypted is on, so volumes of the twin are not encrypted') }
      : {},
});

/** Back ends have other names at the destination: a type that is tied to one that is not there can hold no volume. */
const portable = <T>(specs: { readonly [spec: string]: T }): { readonly [spec: string]: T } =>
  Object.fromEntries(Object.entries(specs).filter(([spec]) => spec !== 'volume_backend_name'));

const encryptedType = (id: string, name: string): Failure =>
  new Failure('encrypted-type', `cannot migrate volume-type ${id} (${name}): its volumes are encrypted`, {
    remedy:
      'Make an encrypted type of your own at the destination and name it with openstack-migrate register-external --resource-type volume-type, or set accept_unencrypted to have it made without encryption.',
  });
