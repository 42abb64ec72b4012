import { equalJson, Failure, markerId, type JsonObject } from '@osm/kernel';
import {
  defineResource,
  impossible,
  loanName,
  lost,
  pick,
  type Cloud,
  type Left,
  type Step,
  type StepContext,
} from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { copyImageData } from './copy-image-data.ts';
import { imageTransfer, strategyNamed } from './strategies/image-strategies.ts';
import { takeBack } from './strategies/lend-url.ts';

const Member = z.object({ member_id: z.string(), status: z.string() });

const Source = z.looseObject({
  id: z.string(),
  owner: z.string().nullable(),
  name: z.string().nullable(),
  status: z.string(),
  visibility: z.string(),
  container_format: z.string().nullable(),
  disk_format: z.string().nullable(),
  min_disk: z.number(),
  min_ram: z.number(),
  os_hidden: z.boolean(),
  protected: z.boolean(),
  tags: z.array(z.string()),
  size: z.number().nullable(),
  checksum: z.string().nullable(),
  os_hash_algo: z.string().nullable(),
  os_hash_value: z.string().nullable(),
  kernel_id: z.string().nullish(),
  ramdisk_id: z.string().nullish(),
  /** Enriched: the projects that a shared image is shown to. */
  members: z.array(Member),
});

/** What Glance makes itself or keeps for itself; sending any of it is refused. */
const drop = {
  id: impossible('each cloud gives its own ids'),
  status: impossible('the state of the moment'),
  created_at: impossible('the day of its creation at the destination'),
  updated_at: impossible('the day of its last change at the destination'),
  virtual_size: impossible('found by Glance itself'),
  file: impossible('a link within the cloud'),
  self: impossible('a link within the cloud'),
  schema: impossible('a link within the cloud'),
  stores: lost('stores have other names at the destination; its default one is used'),
  direct_url: lost('a place in the source’s own storage'),
  locations: lost('places in the source’s own storage'),
  // What Nova and Cinder write into snapshots: names of things of the source.
  base_image_ref: lost('names an image of the source by its id'),
  instance_uuid: lost('names an instance of the source'),
  image_location: lost('bookkeeping of a snapshot of the source'),
  image_state: lost('bookkeeping of a snapshot of the source'),
  boot_roles: lost('bookkeeping of a snapshot of the source'),
  owner_id: lost('names a project of the source'),
  user_id: lost('names a user of the source'),
  owner_project_name: lost('bookkeeping of a snapshot of the source'),
  owner_user_name: lost('bookkeeping of a snapshot of the source'),
  block_device_mapping: lost('names volume snapshots of the source'),
  bdm_v2: lost('goes with block_device_mapping'),
  cinder_encryption_key_id: lost('names a key in the source’s key manager'),
  cinder_encryption_key_deletion_policy: lost('goes with cinder_encryption_key_id'),
  img_signature_certificate_uuid: lost(
    'names a certificate in the source’s key manager: servers that want signed images do not start from the twin',
  ),
  signature_verified: lost('what Nova of the source has found; it looks again'),
} as const;

/** Names that Glance keeps for itself. */
const reserved = 'os_glance_';

const mapped = ['owner', 'members', 'kernel_id', 'ramdisk_id', 'protected', 'size', 'checksum'] as const;
const readOnly = new Set<string>([...Object.keys(drop), ...mapped, 'os_hash_algo', 'os_hash_value']);

/** Everything that may be sent: the core attributes and the owner's own properties, by presence. */
const sendable = (source: z.infer<typeof Source>): JsonObject =>
  Object.fromEntries(
    Object.entries(source).filter(([name]) => !readOnly.has(name) && !name.startsWith(reserved)),
  ) as JsonObject;

const twinId = ({ ref, destinationId }: Pick<StepContext, 'ref' | 'destinationId'>): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot go on with image ${ref.id}: its twin was given up`, {
    remedy: 'Start the migration of the image again: a new plan makes another twin.',
  });
};

const hasData = (attributes: JsonObject): boolean => attributes['status'] === 'active';

/** The data, by the way that the plan has chosen, and the proof that they have arrived. */
const transfer: Step = {
  name: 'transfer',
  service: 'data-transfer',
  when: hasData,
  strategies: imageTransfer,
  run: async (context) => {
    const strategy = strategyNamed(context.strategy);
    return { ...(await copyImageData(context, context.ref.id, twinId(context), strategy)) };
  },
};

/** What was lent to the destination is taken back, also after a crash. */
const tidy: Step = {
  name: 'tidy',
  always: true,
  when: (attributes, policy) => hasData(attributes) && policy.image_transfer === 'web-download',
  run: async ({ source, destination, ref }) => ({
    removed: await takeBack({ cloud: source, name: loanName(ref.id, destination.name) }),
  }),
};

/** Members and protection come last: a protected image could not be taken back if its data turned out bad. */
const seal: Step = {
  name: 'seal',
  run: async ({ ref, attributes, destination, destinationId, signal, twinOf }) => {
    const source = Source.parse(attributes);
    const path = `/images/${twinId({ ref, destinationId })}`;
    for (const { member_id, status } of source.members) {
      const member = twinOf({ type: 'project', id: member_id });
      if (member === undefined) continue;
      const shown = { method: 'POST', path: `${path}/members`, body: { member }, accept: [409] } as const;
      await destination.send('image', shown, signal);
      const answered = { method: 'PUT', path: `${path}/members/${member}`, body: { status } } as const;
      if (status !== 'pending') await destination.send('image', answered, signal);
    }
    const protect = {
      method: 'PATCH',
      path,
      headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
      body: [{ op: 'replace', path: '/protected', value: source.protected }],
    } as const;
    if (source.protected) await destination.send('image', protect, signal);
    return {};
  },
};

/** Members are listed image by image, and only shared images have any. */
const withMembers = async (cloud: Cloud) => async (item: JsonObject) => {
  if (item['visibility'] !== 'shared') return { members: [] };
  const members: JsonObject[] = [];
  const path = `/images/${String(item['id'])}/members`;
  for await (const { member_id, status } of cloud.list('image', path, { key: 'members' })) {
    members.push({ member_id: String(member_id), status: String(status) });
  }
  return { members };
};

/** A Glance image: its record, its data, and whom it is shown to. */
export const image = defineResource({
  type: 'image',
  summary: 'An image with its properties, tags, members and data.',
  api: {
    service: 'image',
    path: '/images',
    one: null,
    many: 'images',
    // Hidden images stand in no other list.
    everythingOf: [{ visibility: 'all' }, { visibility: 'all', os_hidden: 'true' }],
    update: 'PATCH',
  },
  source: Source,
  open: true,
  projectId: (s) => s.owner,
  filters: ['project_id'],
  // A snapshot of a volume-booted server has no data of its own and points at volume snapshots of the source.
  eligible: (s) =>
    (s.status === 'active' || s.status === 'queued') && !(s.size === 0 && s['block_device_mapping'] !== undefined),

  needs: {
    project: { of: project, id: (s) => s.owner, owner: true },
    members: { of: project, ids: (s) => s.members.map(({ member_id }) => member_id) },
    kernel: { of: 'self', id: (s) => s.kernel_id },
    ramdisk: { of: 'self', id: (s) => s.ramdisk_id },
  },

  create: (s, to) => ({
    ...sendable(s),
    owner: to.project,
    ...(s.kernel_id === undefined ? {} : { kernel_id: to.kernel }),
    ...(s.ramdisk_id === undefined ? {} : { ramdisk_id: to.ramdisk }),
  }),

  // Glance takes the id that it is given, so a repeated create is refused by the cloud itself.
  adopt: {
    assigned: (s, marker, policy) => (policy.preserve_ids ? s.id : markerId(marker)),
    // Data are never written into somebody else's image, and other data are no twin's.
    differs: (s, candidate) => {
      const { status } = candidate;
      if (status !== s.status) return `it is ${String(status)} and not ${s.status}`;
      // Clouds may hash in different ways; then the older checksum, which all have, has to do.
      const proof = candidate['os_hash_algo'] === s.os_hash_algo ? 'os_hash_value' : 'checksum';
      return equalJson(candidate[proof] ?? null, s[proof] ?? null) ? undefined : 'its data are others';
    },
  },

  expect: (s, to) => ({
    members: s.members.map(({ member_id, status }) => ({ member_id: to.members(member_id), status })),
    ...pick(s, 'protected', 'size', 'checksum', 'os_hash_algo', 'os_hash_value'),
  }),

  enrich: withMembers,
  ready: ({ status }) => (status === 'killed' || status === 'deleted' ? { failed: `it is ${status}` } : 'ready'),
  steps: ['create', transfer, seal, tidy],
  dropWhen: (s): { readonly [attribute: string]: Left } =>
    Object.fromEntries(
      Object.keys(s)
        .filter((name) => name.startsWith(reserved))
        .map((name) => [name, impossible('Glance’s own bookkeeping of an import')]),
    ),
  remove: (s) =>
    s.protected
      ? [
          {
            method: 'PATCH',
            path: `/images/${s.id}`,
            headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
            body: [{ op: 'replace', path: '/protected', value: false }],
            // It may be gone already.
            accept: [404],
          },
        ]
      : [],
  drop,
});
