import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '8f70ab1c-82b5-4c11-b3d8-8089f29c4c4e',
  name: '',
  tenant_id: '67daf8d95f5543eda6f5d683e9d7a464',
  admin_state_up: true,
  status: 'ACTIVE',
  external_gateway_info: null,
  description: '',
  availability_zones: [],
  distributed: false,
  ha: false,
  availability_zone_hints: [],
  routes: [],
  flavor_id: null,
  conntrack_helpers: [],
  tags: [],
  created_at: '2026-11-22T21:56:24Z',
  updated_at: '2026-11-22T21:56:28Z',
  revision_number: 4,
  project_id: '67daf8d95f5543eda6f5d683e9d7a464',
  interfaces: [],
};

const v4 = '06786911-e2e8-455c-8708-c499374ac59a';
const v6 = 'd37779ec-f0ef-4610-980e-fdb70f991268';
const outside = '9d90ae36-fff5-4833-8ba3-841176dc01ef';

const full = {
  ...minimal,
  id: '0143d2bc-bd75-4f77-8a07-a9273a87984b',
  name: 'web-router',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
  admin_state_up: false,
  description: 'the way out',
  external_gateway_info: {
    network_id: '8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
    external_fixed_ips: [{ subnet_id: outside, ip_address: '198.18.1.121' }],
    enable_snat: false,
  },
  external_gateways: [
    {
      network_id: '8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
      external_fixed_ips: [{ subnet_id: outside, ip_address: '198.18.1.121' }],
      enable_snat: false,
    },
  ],
  enable_default_route_bfd: false,
  enable_default_route_ecmp: false,
  enable_ndp_proxy: false,
  availability_zones: ['nova'],
  availability_zone_hints: ['nova'],
  routes: [
    { destination: '10.77.0.0/16', nexthop: '10.10.1.11' },
    { destination: '10.78.0.0/16', nexthop: '10.10.1.12' },
  ],
  tags: ['prod'],
  interfaces: [
    { subnet_id: v4, ip_address: '10.10.1.254', port_id: '2bb870d7-6149-4794-a69a-b88c4c6e3508' },
    { subnet_id: v6, ip_address: 'fd10:1::', port_id: '8a8203fd-406b-49bb-b78a-2d193977da45' },
  ],
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  name: 'web-router',
  admin_state_up: false,
  description: 'the way out',
  ha: false,
  distributed: false,
};

const expected = {
  external_gateway_info: {
    network_id: 'twin-of-network-8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
    enable_snat: false,
    external_fixed_ips: [{ subnet_id: `twin-of-subnet-${outside}`, ip_address: '198.18.1.121' }],
  },
  interfaces: [
    { subnet_id: `twin-of-subnet-${v4}`, ip_address: '10.10.1.254' },
    { subnet_id: `twin-of-subnet-${v6}`, ip_address: 'fd10:1::' },
  ],
  routes: full.routes,
};

const { ha: _ha, ...bodyWithoutHa } = body;
const { ha: _ha2, distributed: _dvr, ...ovnBody } = body;
const { project_id: _owner, ...tenantBody } = ovnBody;

const lacking = 'Neutron refuses null here; what is left out is null';

/** A router as Zed shows it to an administrator, with its interfaces. */
export const routerFixture: Fixture = {
  minimal,
  full,
  extensions: ['dvr', 'l3-ha', 'router_availability_zone', 'standard-attr-tag'],
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'gateway_network', type: 'network', id: '8da8ac19-92ea-4673-a6b8-62cc9d624a8c' },
    { name: 'gateway_subnets', type: 'subnet', id: outside },
  ],
  links: [
    { name: 'interfaces', type: 'subnet', id: v4 },
    { name: 'interfaces', type: 'subnet', id: v6 },
  ],
  body,
  omitted: { description: lacking, ha: lacking, distributed: lacking },
  expect: expected,
  finish: [
    {
      method: 'PUT',
      path: '/routers/twin-of-router-0143d2bc-bd75-4f77-8a07-a9273a87984b/tags',
      body: { tags: ['prod'] },
    },
  ],
  twin: {
    ...full,
    ...body,
    ...expected,
    id: 'twin-of-router-0143d2bc-bd75-4f77-8a07-a9273a87984b',
    tenant_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
    routes: [
      { nexthop: '10.10.1.12', destination: '10.78.0.0/16' },
      { nexthop: '10.10.1.11', destination: '10.77.0.0/16' },
    ],
    interfaces: [
      { subnet_id: `twin-of-subnet-${v6}`, ip_address: 'fd10:1::', port_id: 'f024ada9-1228-48af-beed-eb12ca34f494' },
      { subnet_id: `twin-of-subnet-${v4}`, ip_address: '10.10.1.254', port_id: '5238d20d-63da-4d55-b394-2fdaf6534f15' },
    ],
    revision_number: 10,
    created_at: '2026-11-22T22:05:52Z',
    updated_at: '2026-11-22T22:06:01Z',
  },
  policyBodies: [
    { policy: { preserve_router_availability_zone: true }, body: { ...body, availability_zone_hints: ['nova'] } },
    { extensions: ['dvr'], body: bodyWithoutHa },
    { extensions: [], body: ovnBody },
    { policy: { multitenant_mode: false }, body: tenantBody },
  ],
  traps: [{ ...full, id: '7a8281df-15e0-43d8-9a4e-021b9a6ec329' }],
};
