import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '61b257a0-63ed-4e7a-8935-b92af8d13a6f',
  size: 2,
  availability_zone: 'nova',
  created_at: '2026-11-23T01:18:49.565649',
  status: 'available',
  name: null,
  description: null,
  project_id: '02905237df7a40fdab043f94f7fb86c4',
  snapshot_id: null,
  share_network_id: null,
  share_proto: 'NFS',
  metadata: {},
  share_type: '6fdd2662-014b-45b1-b921-39873c95220c',
  volume_type: 'default',
  links: [],
  is_public: false,
  snapshot_support: true,
  task_state: null,
  share_type_name: 'default',
  access_rules_status: 'active',
  replication_type: null,
  has_replicas: false,
  user_id: 'aa349999c5da435b820d98e503711b67',
  create_share_from_snapshot_support: true,
  revert_to_snapshot_support: true,
  share_group_id: null,
  source_share_group_snapshot_member_id: null,
  mount_snapshot_support: false,
  progress: '100%',
  is_soft_deleted: false,
  scheduled_to_be_deleted_at: null,
  share_server_id: null,
  host: 'source@lab#lab',
  access_rules: [],
  unusable_access_rules: [],
  export_locations: ['127.0.1.1:/share-f40a8a11-94c1-474e-bd3a-ad1d146b93ca'],
  snapshots: [],
};

const full = {
  ...minimal,
  id: '2644cb60-9243-4c19-91ac-7ce0e396c58c',
  name: 'uploads',
  description: 'customer uploads',
  is_public: true,
  project_id: '09c113a01b73406e8d87255aa3851369',
  metadata: { app: 'shop' },
  source_backup_id: null,
  access_rules: [
    { access_type: 'ip', access_to: '10.10.1.0/24', access_level: 'ro', metadata: {} },
    { access_type: 'user', access_to: 'web', access_level: 'rw', metadata: { why: 'kerberos' } },
  ],
  unusable_access_rules: [{ access_type: 'cert', access_to: 'x', access_level: 'ro', metadata: {}, state: 'error' }],
  snapshots: [{ id: '467d82be-c689-46bb-b647-f9bfc0bed699', name: 'uploads-snap', size: 1 }],
};

const twinId = 'twin-of-share-2644cb60-9243-4c19-91ac-7ce0e396c58c';
const owner = 'twin-of-project-09c113a01b73406e8d87255aa3851369';
const type = 'twin-of-share-type-6fdd2662-014b-45b1-b921-39873c95220c';

const withoutType = {
  name: 'uploads',
  description: 'customer uploads',
  size: 2,
  share_proto: 'NFS',
  metadata: { app: 'shop' },
};
const body = { ...withoutType, share_type: type };

const twin = {
  ...full,
  id: twinId,
  project_id: owner,
  share_type: type,
  export_locations: ['127.0.2.1:/share-1d2c8a1e-3a7e-4b53-9c0a-0a2d0c3f1d11'],
  unusable_access_rules: [],
  snapshots: [],
};

/** A public share with rules, as Epoxy shows it to an administrator. */
export const shareFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: '09c113a01b73406e8d87255aa3851369' },
    { name: 'type', type: 'share-type', id: '6fdd2662-014b-45b1-b921-39873c95220c' },
  ],
  body,
  expect: { project_id: owner, access_rules: full.access_rules },
  finish: [
    {
      method: 'PUT',
      path: `/shares/${twinId}`,
      body: { share: { is_public: true } },
      microversion: '2.45',
      accept: [403],
    },
  ],
  fresh: { ...twin, metadata: { ...full.metadata, osm_marker: 'osm-0123' } },
  twin,
  policyBodies: [{ policy: { preserve_share_type: false }, body: withoutType }],
  refused: [
    { attributes: { ...full, share_proto: 'CIFS' }, says: 'CIFS' },
    { attributes: { ...full, share_proto: 'CEPHFS' }, says: 'register-external' },
    { attributes: { ...full, share_network_id: '7f0c9f4e-7f0b-4a40-9f3e-6d2a1b7c8d90' }, says: 'share network' },
  ],
  traps: [
    { ...twin, metadata: { osm_marker: 'osm-of-another-share' } },
    { ...twin, metadata: full.metadata },
  ],
  ready: [
    { body: { status: 'available' }, expected: 'ready' },
    { body: { status: 'creating' }, expected: 'pending' },
    { body: { status: 'error' }, expected: { failed: 'error' } },
  ],
};
