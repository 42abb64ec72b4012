import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '6fdd2662-014b-45b1-b921-39873c95220c',
  name: 'default',
  extra_specs: { driver_handles_share_servers: 'False' },
  required_extra_specs: { driver_handles_share_servers: 'False' },
  'share_type_access:is_public': true,
  description: null,
  is_default: true,
  access: [],
  tied_extra_specs: [],
};

const full = {
  ...minimal,
  id: '0c8a7f5e-9a5c-4f0f-8ef4-8f3a2c6d51b7',
  name: 'acme-fast',
  description: '',
  is_default: false,
  'share_type_access:is_public': false,
  extra_specs: {
    driver_handles_share_servers: 'False',
    snapshot_support: 'True',
    share_backend_name: 'lab',
    'netapp:dedup': '',
  },
  access: ['45e7987ff31b43ce9af7992ac6991e56'],
  tied_extra_specs: ['share_backend_name=lab'],
};

const specs = { driver_handles_share_servers: 'False', snapshot_support: 'True', 'netapp:dedup': '' };
const twinId = 'twin-of-share-type-0c8a7f5e-9a5c-4f0f-8ef4-8f3a2c6d51b7';
const twin = {
  ...full,
  id: twinId,
  extra_specs: specs,
  access: ['twin-of-project-45e7987ff31b43ce9af7992ac6991e56'],
  tied_extra_specs: [],
};

/** A private type with a spec that names a back end, as Zed and Epoxy show it to an administrator. */
export const shareTypeFixture: Fixture = {
  minimal,
  full,
  needs: [{ name: 'access', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' }],
  body: { name: 'acme-fast', description: '', 'share_type_access:is_public': false, extra_specs: specs },
  expect: { access: ['twin-of-project-45e7987ff31b43ce9af7992ac6991e56'] },
  finish: [
    {
      method: 'POST',
      path: `/types/${twinId}/action`,
      body: { addProjectAccess: { project: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56' } },
      microversion: '2.45',
      accept: [409],
    },
  ],
  twin,
  traps: [
    { ...twin, name: 'acme-fast-2' },
    { ...twin, name: 'ACME-FAST' },
  ],
  candidates: [
    { candidate: { ...twin, access: [] }, says: null },
    { candidate: { ...twin, extra_specs: { ...specs, snapshot_support: '<is> True', qos: 'True' } }, says: null },
    { candidate: { ...twin, extra_specs: { driver_handles_share_servers: 'False' } }, says: 'snapshot_support' },
    { candidate: { ...twin, extra_specs: { ...specs, driver_handles_share_servers: 'True' } }, says: 'handles' },
    { candidate: { ...twin, 'share_type_access:is_public': true }, says: 'private' },
  ],
};
