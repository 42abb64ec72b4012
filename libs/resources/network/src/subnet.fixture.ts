import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '5c930945-f31e-4a6c-bdb2-23327cc68fcd',
  name: '',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  network_id: '34d9fe82-9acc-4c75-8d96-f257f279a257',
  ip_version: 4,
  subnetpool_id: null,
  enable_dhcp: false,
  ipv6_ra_mode: null,
  ipv6_address_mode: null,
  gateway_ip: null,
  cidr: '10.10.2.0/24',
  allocation_pools: [{ start: '10.10.2.1', end: '10.10.2.254' }],
  host_routes: [],
  dns_nameservers: [],
  description: '',
  service_types: [],
  segment_id: null,
  tags: [],
  created_at: '2026-11-22T21:55:59Z',
  updated_at: '2026-11-22T21:55:59Z',
  revision_number: 0,
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
  ports: [],
};

const full = {
  ...minimal,
  id: 'd37779ec-f0ef-4610-980e-fdb70f991268',
  name: 'web-v6',
  network_id: 'a13a7b53-999a-495d-bc58-a22c27bac1a0',
  ip_version: 6,
  enable_dhcp: true,
  ipv6_ra_mode: 'slaac',
  ipv6_address_mode: 'slaac',
  gateway_ip: 'fd10:1::',
  cidr: 'fd10:1::/64',
  allocation_pools: [{ start: 'fd10:1::1', end: 'fd10:1::ffff:ffff:ffff:ffff' }],
  host_routes: [{ destination: 'fd99::/64', nexthop: 'fd10:1::10' }],
  dns_nameservers: ['2620:fe::fe', '2620:fe::9'],
  description: 'front, six',
  service_types: ['compute:nova'],
  dns_publish_fixed_ip: false,
  'router:external': false,
  tags: ['prod'],
  ports: ['5e4ee58f-365b-4215-98a9-49d64746271e'],
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  network_id: 'twin-of-network-a13a7b53-999a-495d-bc58-a22c27bac1a0',
  name: 'web-v6',
  cidr: 'fd10:1::/64',
  ip_version: 6,
  gateway_ip: 'fd10:1::',
  enable_dhcp: true,
  allocation_pools: [{ start: 'fd10:1::1', end: 'fd10:1::ffff:ffff:ffff:ffff' }],
  host_routes: [{ destination: 'fd99::/64', nexthop: 'fd10:1::10' }],
  dns_nameservers: ['2620:fe::fe', '2620:fe::9'],
  description: 'front, six',
  ipv6_address_mode: 'slaac',
  ipv6_ra_mode: 'slaac',
  service_types: ['compute:nova'],
  dns_publish_fixed_ip: false,
};

const { project_id: _owner, service_types: _admins, dns_publish_fixed_ip: _dns, ...tenantBody } = body;

const twin = {
  ...full,
  ...body,
  id: 'twin-of-subnet-d37779ec-f0ef-4610-980e-fdb70f991268',
  tenant_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  tags: ['prod'],
  ports: [],
  created_at: '2026-11-22T22:05:50Z',
  updated_at: '2026-11-22T22:05:50Z',
  revision_number: 1,
};

const lacking = 'Neutron refuses null here; what is left out is null';

/** A subnet as Zed and Epoxy show it. */
export const subnetFixture: Fixture = {
  minimal,
  full,
  extensions: ['standard-attr-tag', 'subnet-dns-publish-fixed-ip', 'subnet-service-types'],
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'network', type: 'network', id: 'a13a7b53-999a-495d-bc58-a22c27bac1a0' },
  ],
  links: [{ name: 'ports', type: 'port', id: '5e4ee58f-365b-4215-98a9-49d64746271e' }],
  body,
  expect: { enable_dhcp: true },
  omitted: { description: lacking, ipv6_address_mode: lacking, ipv6_ra_mode: lacking },
  finish: [
    {
      method: 'PUT',
      path: '/subnets/twin-of-subnet-d37779ec-f0ef-4610-980e-fdb70f991268/tags',
      body: { tags: ['prod'] },
    },
  ],
  twin,
  policyBodies: [{ policy: { multitenant_mode: false }, extensions: [], body: tenantBody }],
  traps: [
    { ...twin, name: 'the same range in another network', network_id: '01dd9cf5-1f0a-4983-b7e9-74b8f604f276' },
    { ...twin, name: 'another range of the same network', cidr: 'fd10:2::/64' },
    { ...twin, name: 'a narrower range', cidr: 'fd10:1::/80' },
  ],
};

const four = {
  ...full,
  id: '1c4a2d8e-b39b-49d7-addd-405beafbd826',
  ip_version: 4,
  cidr: '10.10.1.0/24',
  gateway_ip: '10.10.1.1',
  allocation_pools: [{ start: '10.10.1.2', end: '10.10.1.254' }],
  host_routes: [],
  ipv6_ra_mode: null,
  ipv6_address_mode: null,
};

const { ipv6_address_mode: _address, ipv6_ra_mode: _ra, ...withoutModes } = body;

const fourBody = {
  ...withoutModes,
  cidr: '10.10.1.0/24',
  ip_version: 4,
  gateway_ip: '10.10.1.1',
  allocation_pools: [{ start: '10.10.1.2', end: '10.10.1.254' }],
  host_routes: [],
  enable_dhcp: false,
};

const fourTwin = {
  ...four,
  ...fourBody,
  id: 'twin-of-subnet-1c4a2d8e-b39b-49d7-addd-405beafbd826',
  tenant_id: body.project_id,
  ports: [],
  enable_dhcp: true,
};

/** One of IPv4 with ports: its DHCP waits for them. */
export const servedSubnetFixture: Fixture = {
  ...subnetFixture,
  full: four,
  links: [{ name: 'ports', type: 'port', id: '5e4ee58f-365b-4215-98a9-49d64746271e' }],
  body: fourBody,
  finish: [
    {
      method: 'PUT',
      path: '/subnets/twin-of-subnet-1c4a2d8e-b39b-49d7-addd-405beafbd826/tags',
      body: { tags: ['prod'] },
    },
  ],
  twin: fourTwin,
  policyBodies: [],
  traps: [
    { ...fourTwin, name: 'the same range in another network', network_id: '01dd9cf5-1f0a-4983-b7e9-74b8f604f276' },
    { ...fourTwin, name: 'another range of the same network', cidr: '10.10.2.0/24' },
  ],
};
