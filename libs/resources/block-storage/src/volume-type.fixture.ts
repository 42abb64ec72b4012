import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '6119ba0a-644d-4a2b-8654-2fc654221fdc',
  name: 'ssd',
  is_public: true,
  description: null,
  extra_specs: {},
  qos_specs_id: null,
  'os-volume-type-access:is_public': true,
  access: [],
  encryption: null,
};

const full = {
  ...minimal,
  id: '83687d39-16de-4789-aab5-e792ad2cdee5',
  name: 'acme-only',
  description: '',
  is_public: false,
  'os-volume-type-access:is_public': false,
  extra_specs: { volume_backend_name: 'hdd', multiattach: '<is> True' },
  qos_specs_id: 'a2fef0af-e3bb-4366-a538-2a2e08bb8eb1',
  access: ['45e7987ff31b43ce9af7992ac6991e56'],
};

const body = {
  name: 'acme-only',
  description: '',
  'os-volume-type-access:is_public': false,
  extra_specs: { multiattach: '<is> True' },
};

const twin = {
  ...full,
  id: 'twin-of-volume-type-83687d39-16de-4789-aab5-e792ad2cdee5',
  qos_specs_id: null,
  extra_specs: { multiattach: '<is> True' },
  access: ['twin-of-project-45e7987ff31b43ce9af7992ac6991e56'],
};

const encryption = { provider: 'luks', cipher: 'aes-xts-plain64', key_size: 256, control_location: 'front-end' };

/** A private type as Zed and Epoxy show it to an administrator. */
export const volumeTypeFixture: Fixture = {
  minimal,
  full,
  needs: [{ name: 'access', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' }],
  body,
  expect: {
    is_public: false,
    extra_specs: { multiattach: '<is> True' },
    access: ['twin-of-project-45e7987ff31b43ce9af7992ac6991e56'],
    encryption: null,
  },
  finish: [
    {
      method: 'POST',
      path: '/types/twin-of-volume-type-83687d39-16de-4789-aab5-e792ad2cdee5/action',
      body: { addProjectAccess: { project: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56' } },
      accept: [409],
    },
  ],
  twin,
  refused: [{ attributes: { ...full, encryption }, says: 'encrypted' }],
  traps: [
    { ...twin, name: 'acme-only-2' },
    { ...twin, name: 'ACME-ONLY' },
  ],
  candidates: [
    { candidate: { ...twin, access: [] }, says: null },
    { candidate: { ...twin, encryption }, says: 'encrypts' },
    { candidate: { ...twin, extra_specs: { volume_backend_name: 'ssd' } }, says: 'extra_specs' },
  ],
};
