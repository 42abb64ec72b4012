import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '9eec4b8f-268b-4244-b167-a62b45a75dad',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  floating_ip_address: '198.18.1.76',
  floating_network_id: '8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
  router_id: null,
  port_id: null,
  fixed_ip_address: null,
  status: 'DOWN',
  description: '',
  qos_policy_id: null,
  port_details: null,
  dns_domain: '',
  dns_name: '',
  port_forwardings: [],
  tags: [],
  created_at: '2026-11-23T01:15:15Z',
  updated_at: '2026-11-23T01:15:15Z',
  revision_number: 0,
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
};

const port = '5e4ee58f-365b-4215-98a9-49d64746271e';
const router = 'ef9263f4-3ec5-4f05-9236-435a86f3e277';

const full = {
  ...minimal,
  id: '53ea8c58-3e98-4782-9b47-98abf4ae9637',
  floating_ip_address: '198.18.1.131',
  router_id: router,
  port_id: port,
  fixed_ip_address: '10.10.1.50',
  status: 'ACTIVE',
  description: 'shop',
  qos_policy_id: '67d382d8-7176-4676-9b01-8a071501be0b',
  port_details: {
    name: 'web-1',
    network_id: 'dcf7828b-ca9e-4ce7-8f8a-5f26b0054aaf',
    mac_address: 'fa:16:3e:aa:bb:01',
    admin_state_up: true,
    status: 'ACTIVE',
    device_id: '1e8c34e5-6950-43f0-960c-d6b0e005bb79',
    device_owner: 'compute:nova',
  },
  dns_domain: 'acme.example.',
  dns_name: 'shop',
  tags: ['prod'],
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  floating_network_id: 'twin-of-network-8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
  floating_ip_address: '198.18.1.131',
  description: 'shop',
  dns_name: 'shop',
  dns_domain: 'acme.example.',
};

const { floating_ip_address: _address, ...anyAddress } = body;
const { project_id: _owner, ...tenantBody } = anyAddress;

const tied = { port_id: 'b892f512-9272-4d63-85a9-3f6c2271b7de', fixed_ip_address: '10.10.1.50' };
const expected = {
  port_id: `twin-of-port-${port}`,
  fixed_ip_address: '10.10.1.50',
  router_id: `twin-of-router-${router}`,
};

const twinId = 'twin-of-floating-ip-53ea8c58-3e98-4782-9b47-98abf4ae9637';

const needs = [
  { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
  { name: 'network', type: 'network', id: '8da8ac19-92ea-4673-a6b8-62cc9d624a8c' },
  { name: 'router', type: 'router', id: router },
];

const twin = {
  ...full,
  ...body,
  ...expected,
  id: twinId,
  tenant_id: body.project_id,
  qos_policy_id: null,
  port_details: { ...full.port_details, mac_address: 'fa:16:3e:70:fe:05', device_id: '', device_owner: '' },
};

/** A floating IP as Zed and Epoxy show it. */
export const floatingIpFixture: Fixture = {
  minimal,
  full,
  extensions: ['dns-integration', 'router', 'standard-attr-tag'],
  needs,
  links: [
    { name: 'way', type: 'router', id: router },
    { name: 'port', type: 'port', id: port },
  ],
  outputs: { 'choose-address': { address: 'kept' }, connect: tied },
  body,
  omitted: { description: 'Neutron refuses null here; what is left out is null' },
  expect: expected,
  finish: [{ method: 'PUT', path: `/floatingips/${twinId}/tags`, body: { tags: ['prod'] } }],
  twin,
  policyBodies: [
    { policy: { preserve_port_floating_ip_address: false }, body: anyAddress },
    { policy: { multitenant_mode: false }, body: tenantBody },
    {
      extensions: [],
      body: {
        project_id: body.project_id,
        floating_network_id: body.floating_network_id,
        floating_ip_address: '198.18.1.131',
        description: 'shop',
      },
    },
  ],
  traps: [{ ...twin, id: '5722b74e-2a68-4ea4-a1ca-03877090abaf', floating_ip_address: '198.18.2.9' }],
};

const balancer = '91aab51c-3a6e-4252-9755-d6c477ad8511';

/** One that leads to a load balancer, where the pool of the destination has another range. */
export const balancerFloatingIpFixture: Fixture = {
  ...floatingIpFixture,
  full: {
    ...full,
    port_details: {
      ...full.port_details,
      name: `octavia-lb-${balancer}`,
      device_id: `lb-${balancer}`,
      device_owner: 'Octavia',
    },
  },
  links: [
    { name: 'way', type: 'router', id: router },
    { name: 'balancer', type: 'load-balancer', id: balancer },
  ],
  outputs: {
    'choose-address': { address: 'own' },
    connect: { ...tied, port_id: 'b892f512-9272-4d63-85a9-3f6c2271b7de' },
  },
  body: anyAddress,
  expect: { ...expected, ...tied },
  twin: { ...twin, floating_ip_address: '198.18.2.31', ...tied },
  policyBodies: [],
};
