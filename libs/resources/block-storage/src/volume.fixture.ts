import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '6cade324-20ff-4f0b-aab7-4df7ee62b80a',
  status: 'available',
  size: 1,
  availability_zone: 'nova',
  created_at: '2026-11-22T22:01:43.000000',
  updated_at: '2026-11-22T22:01:43.000000',
  name: null,
  description: null,
  volume_type: 'ssd',
  snapshot_id: null,
  source_volid: null,
  metadata: {},
  links: [],
  user_id: '3998fd3ea04742259ad31c0f9b038029',
  bootable: 'false',
  encrypted: false,
  replication_status: null,
  consistencygroup_id: null,
  multiattach: false,
  attachments: [],
  migration_status: null,
  group_id: null,
  provider_id: null,
  shared_targets: false,
  service_uuid: '392cc480-6e71-4326-889b-d5f604b618f9',
  cluster_name: null,
  volume_type_id: '6119ba0a-644d-4a2b-8654-2fc654221fdc',
  consumes_quota: true,
  'os-vol-tenant-attr:tenant_id': 'a6f151de39fc4fb18eb9fe4d45493092',
  'os-vol-mig-status-attr:migstat': null,
  'os-vol-mig-status-attr:name_id': null,
  'os-vol-host-attr:host': 'source@ssd#lab',
};

const full = {
  ...minimal,
  encryption_key_id: null,
  id: 'b09df365-0606-4c37-8e84-deda02bb09ce',
  name: 'web-root',
  description: '',
  bootable: 'true',
  metadata: { role: 'root', empty: '', readonly: 'True' },
  'os-vol-tenant-attr:tenant_id': '45e7987ff31b43ce9af7992ac6991e56',
  volume_image_metadata: {
    signature_verified: 'False',
    os_distro: 'debian',
    hw_firmware_type: 'uefi',
    image_id: 'fe0b47fb-2fcb-4f07-8028-03868a6fd3ef',
    image_name: 'debian-12',
    min_disk: '1',
    size: '6291456',
  },
};

const twinId = 'twin-of-volume-b09df365-0606-4c37-8e84-deda02bb09ce';
const owner = 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56';
const imageMetadata = {
  ...full.volume_image_metadata,
  image_id: 'twin-of-image-fe0b47fb-2fcb-4f07-8028-03868a6fd3ef',
};

const body = {
  name: 'web-root',
  description: '',
  size: 1,
  metadata: { role: 'root', empty: '' },
  imageRef: 'temporary-image',
};

const fresh = {
  ...full,
  ...body,
  id: twinId,
  'os-vol-tenant-attr:tenant_id': owner,
  volume_image_metadata: { image_id: 'temporary-image', image_name: 'osm-0123', min_disk: '1', cinder_img: 'x' },
};

const act = (action: { readonly [name: string]: unknown }, accept?: readonly number[]) => ({
  method: 'POST' as const,
  path: `/volumes/${twinId}/action`,
  body: action,
  repeatable: true,
  ...(accept === undefined ? {} : { accept }),
});

/** A read-only root disk made from an image, as Zed shows it to an administrator. */
export const volumeFixture: Fixture = {
  minimal,
  full,
  outputs: { transfer: { imageId: 'temporary-image' } },
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'image', type: 'image', id: 'fe0b47fb-2fcb-4f07-8028-03868a6fd3ef' },
  ],
  body,
  expect: {
    'os-vol-tenant-attr:tenant_id': owner,
    metadata: full.metadata,
    volume_image_metadata: imageMetadata,
    bootable: 'true',
  },
  fresh,
  finish: [
    act({ 'os-unset_image_metadata': { key: 'cinder_img' } }, [404]),
    act({ 'os-set_image_metadata': { metadata: imageMetadata } }),
    act({ 'os-set_bootable': { bootable: true } }),
    act({ 'os-update_readonly_flag': { readonly: true } }),
  ],
  twin: { ...full, id: twinId, 'os-vol-tenant-attr:tenant_id': owner, volume_image_metadata: imageMetadata },
  policyBodies: [
    {
      policy: { preserve_volume_type: true, preserve_volume_availability_zone: true },
      body: {
        ...body,
        availability_zone: 'nova',
        volume_type: 'twin-of-volume-type-6119ba0a-644d-4a2b-8654-2fc654221fdc',
      },
    },
  ],
  refused: [
    { attributes: { ...full, encrypted: true }, says: 'cipher text' },
    { attributes: { ...full, status: 'error_extending' }, says: 'error_extending' },
  ],
  traps: [
    { ...full, id: twinId, metadata: { osm_marker: 'osm-of-another-volume' } },
    { ...full, id: twinId, metadata: {} },
  ],
  ready: [
    { body: { status: 'available' }, expected: 'ready' },
    { body: { status: 'downloading' }, expected: 'pending' },
    { body: { status: 'error' }, expected: { failed: 'error' } },
  ],
};
