import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, pick, type Policy, type Request } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { image } from '@osm/resources/image';
import { z } from 'zod';
import { takeSnapshot } from './moment.ts';
import { copySeconds } from './patience.ts';
import { exportToImage, tidyImages, transferImage } from './through-image.ts';
import { volumeType } from './volume-type.ts';

const owner = 'os-vol-tenant-attr:tenant_id';

const Source = z.object({
  id: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  size: z.number(),
  status: z.string(),
  bootable: z.string(),
  encrypted: z.boolean(),
  multiattach: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  availability_zone: z.string().nullable(),
  volume_type: z.string().nullable(),
  volume_type_id: z.string().nullish(),
  volume_image_metadata: z.record(z.string(), z.string()).optional(),
  attachments: z.array(z.looseObject({ server_id: z.string().nullish() })),
  [owner]: z.string().optional(),
});
type Volume = z.infer<typeof Source>;

/** Cinder shows its own flags among the owner's metadata. */
const flags = ['readonly', 'attached_mode'];
const ownMetadata = (s: Volume): JsonObject =>
  Object.fromEntries(Object.entries(s.metadata).filter(([key]) => !flags.includes(key)));

/** Image metadata without what names the source's image by its id, where that image has no twin. */
const imageMetadata = (s: Volume, imageTwin: string | null | undefined): JsonObject => {
  const { image_id: imageId, ...others } = s.volume_image_metadata ?? {};
  return imageId === undefined || typeof imageTwin !== 'string' ? others : { ...others, image_id: imageTwin };
};

const act = (id: string, body: JsonObject): Request => ({
  method: 'POST',
  path: `/volumes/${id}/action`,
  body,
  repeatable: true,
});

/** A Cinder volume; its data go through a temporary image on both sides. */
export const volume = defineResource({
  type: 'volume',
  summary: 'A volume with its data, flags, metadata and image metadata.',
  api: {
    service: 'block-storage',
    path: '/volumes',
    listPath: '/volumes/detail',
    one: 'volume',
    many: 'volumes',
    everything: { all_tenants: '1' },
    update: 'PUT',
    microversion: { read: 'newest', write: '3.0' },
  },
  source: Source,
  projectId: (s) => s[owner],
  filters: ['project_id'],
  // Cinder takes the owner from the token alone.
  actsInProject: true,

  needs: {
    project: { of: project, id: (s) => s[owner], owner: true },
    type: { of: volumeType, id: (s) => s.volume_type_id, when: (policy) => policy.preserve_volume_type },
    // Several servers may attach a volume only where its type says so.
    shared_type: { of: volumeType, id: (s) => (s.multiattach ? s.volume_type_id : null) },
    image: { of: image, id: (s) => s.volume_image_metadata?.['image_id'], optional: true },
  },

  // A snapshot, a volume made of it and an image of that; of one that nobody uses an image alone.
  staging: (s) => ({
    gib: s.status === 'in-use' ? 3 * s.size : s.size,
    together: [s.id, ...s.attachments.flatMap(({ server_id: id }) => id ?? [])],
  }),

  patience: (s, policy) => copySeconds(s.size, policy),

  create: (s, to, { outputs, policy }) => {
    if (s.encrypted) throw encryptedVolume(s);
    if (s.status.startsWith('error')) throw brokenVolume(s);
    return {
      ...pick(s, 'name', 'description', 'size'),
      metadata: ownMetadata(s),
      imageRef: outputs['transfer']?.['imageId'],
      volume_type: keepsType(s, policy) ? (to.type ?? to.shared_type ?? undefined) : undefined,
      availability_zone: policy.preserve_volume_availability_zone ? s.availability_zone : undefined,
    };
  },

  adopt: { marker: 'metadata' },

  expect: (s, to, { policy }) => ({
    [owner]: to.project,
    volume_type_id: keepsType(s, policy) ? (to.type ?? to.shared_type ?? undefined) : undefined,
    metadata: s.metadata,
    volume_image_metadata: s.volume_image_metadata === undefined ? undefined : imageMetadata(s, to.image),
    bootable: s.bootable,
  }),
  same: {
    // Some releases show an empty set as no attribute at all.
    volume_image_metadata: (expected, actual) => JSON.stringify(sorted(expected)) === JSON.stringify(sorted(actual)),
  },

  ready: ({ status }) => {
    if (status === 'available' || status === 'in-use') return 'ready';
    return String(status).startsWith('error') ? { failed: `it is ${String(status)}` } : 'pending';
  },

  // A volume made from an image is bootable and carries the image's metadata: both are set to what the source has.
  finish: (s, to, { id, body }) => {
    const wanted = imageMetadata(s, to.image);
    const shown = isJsonObject(body['volume_image_metadata']) ? body['volume_image_metadata'] : {};
    const stale = Object.keys(shown).filter((key) => wanted[key] === undefined);
    return [
      ...stale.map((key) => ({ ...act(id, { 'os-unset_image_metadata': { key } }), accept: [404] })),
      ...(Object.keys(wanted).length === 0 ? [] : [act(id, { 'os-set_image_metadata': { metadata: wanted } })]),
      act(id, { 'os-set_bootable': { bootable: s.bootable === 'true' } }),
      ...(s.metadata['readonly'] === undefined
        ? []
        : [act(id, { 'os-update_readonly_flag': { readonly: s.metadata['readonly'] === 'True' } })]),
    ];
  },

  steps: [takeSnapshot, exportToImage, transferImage, 'create', tidyImages],

  drop: {
    id: impossible('each cloud gives its own ids'),
    status: impossible('the state of the moment'),
    created_at: impossible('the day of its creation at the destination'),
    updated_at: impossible('the day of its last change at the destination'),
    links: impossible('links within the cloud'),
    user_id: impossible('Cinder takes the user from the token; the migrating user has made it'),
    attachments: mapped('an instance attaches its own volumes'),
    encrypted: mapped('goes with the volume type'),
    encryption_key_id: impossible('a key of the source; encrypted volumes are refused'),
    multiattach: mapped('goes with the volume type'),
    snapshot_id: lost('the snapshot that it was made from stays at the source'),
    source_volid: lost('the volume that it was made from is one of the source'),
    consistencygroup_id: lost('groups are not migrated yet'),
    group_id: lost('groups are not migrated yet'),
    replication_status: impossible('the backend’s own'),
    migration_status: impossible('the state of the moment'),
    provider_id: impossible('the backend’s own'),
    service_uuid: impossible('the backend’s own'),
    shared_targets: impossible('the backend’s own'),
    cluster_name: impossible('the backend’s own'),
    consumes_quota: impossible('told by Cinder, never set'),
    'os-vol-host-attr:host': impossible('the backend’s own'),
    'os-vol-mig-status-attr:migstat': impossible('the state of the moment'),
    'os-vol-mig-status-attr:name_id': impossible('the backend’s own'),
  },
  dropWhen: (s, policy) => ({
    ...(keepsType(s, policy)
      ? { volume_type: mapped('the name of the twin of its type') }
      : {
          volume_type: lost('policy: preserve_volume_type is off'),
          volume_type_id: lost('policy: preserve_volume_type is off'),
        }),
    ...(policy.preserve_volume_availability_zone
      ? {}
      : { availability_zone: lost('policy: preserve_volume_availability_zone is off') }),
  }),
  volatile: ['updated_at', 'status', 'links'],
});

const keepsType = (s: Volume, policy: Policy): boolean => policy.preserve_volume_type || s.multiattach;

const sorted = (value: unknown): unknown =>
  isJsonObject(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : [];

/**
 * In any case, also where `accept_unencrypted` is on: what Cinder puts into an image is the cipher text as it stands on
 * the disk, and its key stays in the key manager of the source. A copy would look whole and nobody could read it.
 */
const encryptedVolume = (s: Volume): Failure =>
  new Failure(
    'encrypted-volume',
    `cannot migrate volume ${s.id} (${String(s.name)}): it is encrypted, and Cinder hands out cipher text whose key never leaves the source`,
    {
      remedy:
        'Make a clone of it, retype that to a type without encryption (openstack volume set --type TYPE --retype-policy on-demand), and migrate the clone.',
    },
  );

const brokenVolume = (s: Volume): Failure =>
  new Failure('broken-volume', `cannot migrate volume ${s.id} (${String(s.name)}): it is in state ${s.status}`, {
    remedy:
      'Repair it at the source (openstack volume set --state available, once its data are good), or leave it out.',
  });
