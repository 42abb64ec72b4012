import { markerId } from '@osm/kernel';
import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: 'b3c0e9a1-3d1e-4a0a-9f64-5d2a39c0d0aa',
  name: null,
  disk_format: null,
  container_format: null,
  visibility: 'shared',
  size: null,
  virtual_size: null,
  status: 'queued',
  checksum: null,
  protected: false,
  min_ram: 0,
  min_disk: 0,
  owner: '45e7987ff31b43ce9af7992ac6991e56',
  os_hidden: false,
  os_hash_algo: null,
  os_hash_value: null,
  created_at: '2026-11-22T21:55:53Z',
  updated_at: '2026-11-22T21:55:53Z',
  tags: [],
  self: '/v2/images/b3c0e9a1-3d1e-4a0a-9f64-5d2a39c0d0aa',
  file: '/v2/images/b3c0e9a1-3d1e-4a0a-9f64-5d2a39c0d0aa/file',
  schema: '/v2/schemas/image',
  members: [],
};

const full = {
  ...minimal,
  id: '353a9f2b-5432-4759-aa70-d8659fb0bea4',
  name: 'shared-tools',
  disk_format: 'qcow2',
  container_format: 'bare',
  size: 2_097_152,
  virtual_size: 67_108_864,
  status: 'active',
  checksum: 'd0ce30138cc7399baff6842138536028',
  protected: true,
  min_ram: 256,
  min_disk: 1,
  os_hidden: true,
  os_hash_algo: 'sha512',
  os_hash_value: 'ed68876bbba52a09b76fd0eb0751c907a1a989a91622221c835b1ad40ff2e812',
  tags: ['golden', 'web'],
  stores: 'local',
  kernel_id: '11111111-3333-4a0a-9f64-5d2a39c0d0aa',
  ramdisk_id: '22222222-3333-4a0a-9f64-5d2a39c0d0aa',
  hw_firmware_type: 'uefi',
  architecture: 'x86_64',
  'vendor:odd key': '',
  image_type: 'snapshot',
  instance_uuid: '4d56a737-74f3-40c0-b284-edce97a65277',
  base_image_ref: '7438a614-5e39-4033-9ff0-c63d44225da5',
  owner_id: '45e7987ff31b43ce9af7992ac6991e56',
  owner_project_name: 'web',
  owner_user_name: 'alice',
  user_id: '1f8ac63633234defaca6cb4dfdb0aff8',
  image_location: 'snapshot',
  image_state: 'available',
  boot_roles: 'reader,member',
  direct_url: 'rbd://8b5f/images/353a9f2b/snap',
  locations: [{ url: 'rbd://8b5f/images/353a9f2b/snap', metadata: {} }],
  block_device_mapping: '[]',
  bdm_v2: 'True',
  cinder_encryption_key_id: '0d9a2f66-0000-4a0a-9f64-5d2a39c0d0aa',
  cinder_encryption_key_deletion_policy: 'on_image_deletion',
  img_signature_certificate_uuid: '0d9a2f66-1111-4a0a-9f64-5d2a39c0d0aa',
  signature_verified: 'False',
  os_glance_import_task: '0d9a2f66-2222-4a0a-9f64-5d2a39c0d0aa',
  members: [{ member_id: '9d0b11223344556677889900aabbccdd', status: 'accepted' }],
  self: '/v2/images/353a9f2b-5432-4759-aa70-d8659fb0bea4',
  file: '/v2/images/353a9f2b-5432-4759-aa70-d8659fb0bea4/file',
};

const body = {
  name: 'shared-tools',
  disk_format: 'qcow2',
  container_format: 'bare',
  visibility: 'shared',
  min_ram: 256,
  min_disk: 1,
  os_hidden: true,
  owner: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  tags: ['golden', 'web'],
  kernel_id: 'twin-of-image-11111111-3333-4a0a-9f64-5d2a39c0d0aa',
  ramdisk_id: 'twin-of-image-22222222-3333-4a0a-9f64-5d2a39c0d0aa',
  hw_firmware_type: 'uefi',
  architecture: 'x86_64',
  'vendor:odd key': '',
  image_type: 'snapshot',
};

const expect = {
  members: [{ member_id: 'twin-of-project-9d0b11223344556677889900aabbccdd', status: 'accepted' }],
  protected: true,
  size: 2_097_152,
  checksum: 'd0ce30138cc7399baff6842138536028',
  os_hash_algo: 'sha512',
  os_hash_value: 'ed68876bbba52a09b76fd0eb0751c907a1a989a91622221c835b1ad40ff2e812',
};

const twinId = 'twin-of-image-353a9f2b-5432-4759-aa70-d8659fb0bea4';

const twin = {
  ...minimal,
  ...body,
  ...expect,
  id: twinId,
  status: 'active',
  virtual_size: 67_108_864,
  stores: 'primary',
  self: `/v2/images/${twinId}`,
  file: `/v2/images/${twinId}/file`,
};

const { owner: _owner, ...tenantBody } = body;

/** A snapshot image of a UEFI guest, shared with another project, as Zed shows it. */
export const imageFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'members', type: 'project', id: '9d0b11223344556677889900aabbccdd' },
    { name: 'kernel', type: 'image', id: '11111111-3333-4a0a-9f64-5d2a39c0d0aa' },
    { name: 'ramdisk', type: 'image', id: '22222222-3333-4a0a-9f64-5d2a39c0d0aa' },
  ],
  body,
  expect,
  twin,
  policyBodies: [{ policy: { multitenant_mode: false }, body: tenantBody }],
  traps: [
    { ...twin, id: markerId('another marker'), name: 'an image of the same name' },
    { ...twin, id: '353a9f2b-5432-4759-aa70-d8659fb0bea4', name: 'the id of the source' },
  ],
  ready: [
    { body: { ...twin, status: 'queued' }, expected: 'ready' },
    { body: twin, expected: 'ready' },
    { body: { ...twin, status: 'killed' }, expected: { failed: 'killed' } },
  ],
};
