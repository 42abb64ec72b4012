import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: 'e1c4353a-5dae-4ccf-afe5-5a97d9a12bd8',
  name: '',
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
  addresses: [],
  description: '',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
};

const full = {
  ...minimal,
  id: 'ffabbb85-663a-4cc8-89ab-77c7f86a5d4b',
  name: 'offices',
  description: 'who may come in',
  addresses: ['198.51.100.7/32', '203.0.113.0/24'],
  // Zed shows none of these.
  shared: false,
  revision_number: 1,
  created_at: '2026-11-23T01:34:27Z',
  updated_at: '2026-11-23T01:34:27Z',
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  name: 'offices',
  addresses: ['198.51.100.7/32', '203.0.113.0/24'],
  description: 'who may come in',
};

const twin = {
  ...full,
  ...body,
  id: 'twin-of-address-group-ffabbb85-663a-4cc8-89ab-77c7f86a5d4b',
  tenant_id: body.project_id,
  addresses: ['203.0.113.0/24', '198.51.100.7/32'],
};

/** An address group as Epoxy shows it. */
export const addressGroupFixture: Fixture = {
  minimal,
  full,
  extensions: ['address-group'],
  needs: [{ name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' }],
  body,
  omitted: { description: 'Neutron refuses null here; what is left out is null' },
  twin,
  policyBodies: [{ extensions: [], body }],
  traps: [{ ...twin, id: '94f64da4-7f95-4687-af36-8f5b2ba31cd5' }],
};
