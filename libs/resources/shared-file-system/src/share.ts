import { Failure } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, pick, type Request } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { giveAccess } from './give-access.ts';
import { migrateContents, tidyContents } from './migrate-contents.ts';
import { mustBeAsCopied } from './must-be-as-copied.ts';
import { shareType } from './share-type.ts';
import { withSurroundings } from './share-surroundings.ts';
import { writeVersion } from './write-version.ts';

const Source = z.object({
  id: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  size: z.number(),
  status: z.string(),
  share_proto: z.string().min(1),
  is_public: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  project_id: z.string(),
  share_type: z.string().nullable(),
  share_type_name: z.string().nullish(),
  share_network_id: z.string().nullish(),
  availability_zone: z.string().nullish(),
  export_locations: z.array(z.string()),
  access_rules: z.array(z.unknown()),
  unusable_access_rules: z.array(z.unknown()),
  snapshots: z.array(z.unknown()),
});
type Share = z.infer<typeof Source>;

/** No text and an empty one. */
const sameText = (expected: unknown, actual: unknown): boolean => (expected ?? '') === (actual ?? '');

/** A Manila share with its contents and the rules of who may mount it. */
export const share = defineResource({
  type: 'share',
  summary: 'An NFS share with its contents, metadata and access rules.',
  api: {
    service: 'shared-file-system',
    path: '/shares',
    listPath: '/shares/detail',
    one: 'share',
    many: 'shares',
    everything: { all_tenants: '1' },
    update: 'PUT',
    microversion: { read: 'newest', write: writeVersion },
  },
  source: Source,
  filters: ['project_id'],
  // Manila takes the owner from the token alone.
  actsInProject: true,
  enrich: withSurroundings,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    type: { of: shareType, id: (s) => s.share_type, when: (policy) => policy.preserve_share_type },
  },

  create: (s, to, { policy }) => {
    if (s.share_proto.toUpperCase() !== 'NFS') throw otherProtocol(s);
    if (typeof s.share_network_id === 'string') throw inShareNetwork(s);
    return {
      ...pick(s, 'name', 'description', 'size', 'share_proto', 'metadata'),
      share_type: policy.preserve_share_type ? to.type : undefined,
    };
  },

  adopt: { marker: 'metadata' },

  expect: (s, to) => ({ project_id: to.project, ...pick(s, 'access_rules') }),

  // Manila makes none of an empty text at creation, and keeps it in a later change.
  same: { name: sameText, description: sameText },

  ready: ({ status }) => {
    if (status === 'available') return 'ready';
    return String(status).startsWith('error') ? { failed: `it is ${String(status)}` } : 'pending';
  },

  // As a rule only administrators may, and nobody is one with a token of the owner's project.
  finish: (s, _to, { id }) => (s.is_public ? [publish(id)] : []),

  // Nobody may write to the twin before its contents are there: the tenants' rules come after them.
  steps: ['create', migrateContents, giveAccess, tidyContents],

  empty: mustBeAsCopied,

  dropWhen: (s, policy) => ({
    ...(policy.preserve_share_type
      ? { share_type_name: mapped('the name of the twin of its type') }
      : {
          share_type: lost('policy: preserve_share_type is off'),
          share_type_name: lost('policy: preserve_share_type is off'),
        }),
    ...(policy.preserve_share_access_rules ? {} : { access_rules: lost('policy: preserve_share_access_rules is off') }),
    ...(s.is_public
      ? { is_public: lost('Manila lets only administrators do it: openstack share set --public true') }
      : {}),
    unusable_access_rules:
      s.unusable_access_rules.length > 0
        ? lost('they are in error at the source, or their client is hidden from us')
        : mapped('there are none'),
    snapshots:
      s.snapshots.length > 0
        ? lost('snapshots stay at the source: Manila makes them only of what is in a share now')
        : mapped('there are none'),
  }),
  drop: {
    id: impossible('each cloud gives its own ids'),
    status: impossible('the state of the moment'),
    created_at: impossible('the day of its creation at the destination'),
    links: impossible('links within the cloud'),
    user_id: impossible('Manila takes the user from the token; the migrating user has made it'),
    volume_type: mapped('an older name of share_type_name'),
    export_locations: mapped('each cloud exports under paths of its own: clients mount the new one'),
    availability_zone: lost('zones are those of the destination'),
    host: impossible('the back end’s own'),
    share_server_id: impossible('the back end’s own'),
    progress: impossible('the state of the moment'),
    task_state: impossible('the state of the moment'),
    access_rules_status: impossible('the state of the moment'),
    is_soft_deleted: impossible('the state of the moment'),
    scheduled_to_be_deleted_at: impossible('the state of the moment'),
    snapshot_id: lost('the snapshot that it was made from stays at the source'),
    source_backup_id: lost('the backup that it was made from stays at the source'),
    share_group_id: lost('share groups are not migrated yet'),
    source_share_group_snapshot_member_id: lost('share groups are not migrated yet'),
    has_replicas: lost('replicas are not migrated: make them at the destination'),
    replication_type: mapped('goes with the share type'),
    snapshot_support: mapped('goes with the share type'),
    create_share_from_snapshot_support: mapped('goes with the share type'),
    revert_to_snapshot_support: mapped('goes with the share type'),
    mount_snapshot_support: mapped('goes with the share type'),
  },
  volatile: ['status', 'links', 'progress', 'task_state', 'access_rules_status', 'host'],
});

const publish = (id: string): Request => ({
  method: 'PUT',
  path: `/shares/${id}`,
  body: { share: { is_public: true } },
  microversion: writeVersion,
  accept: [403],
});

const otherProtocol = (s: Share): Failure =>
  new Failure(
    'unsupported-protocol',
    `cannot migrate share ${s.id} (${String(s.name)}): its protocol is ${s.share_proto}, and only NFS shares are copied`,
    {
      remedy: `Make a ${s.share_proto} share at the destination, copy the contents from a client that mounts both, and name it with openstack-migrate register-external --resource-type share.`,
    },
  );

const inShareNetwork = (s: Share): Failure =>
  new Failure(
    'share-network',
    `cannot migrate share ${s.id} (${String(s.name)}): it is in share network ${String(s.share_network_id)}, and share networks are not migrated`,
    {
      remedy:
        'Make a share in a share network of the destination, copy the contents from a client that mounts both, and name it with openstack-migrate register-external --resource-type share.',
    },
  );
