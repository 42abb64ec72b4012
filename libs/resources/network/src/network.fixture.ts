import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '193162d5-f60d-4dee-9b85-8acca30ab67f',
  name: '',
  tenant_id: 'e7f6bb86ddcf49099d9071002d8dd5ff',
  admin_state_up: true,
  mtu: 1450,
  status: 'ACTIVE',
  subnets: [],
  shared: false,
  availability_zone_hints: [],
  availability_zones: [],
  ipv4_address_scope: null,
  ipv6_address_scope: null,
  'router:external': false,
  description: '',
  port_security_enabled: true,
  qos_policy_id: null,
  dns_domain: '',
  l2_adjacency: true,
  tags: [],
  created_at: '2026-11-22T21:56:30Z',
  updated_at: '2026-11-22T21:56:30Z',
  revision_number: 2,
  project_id: 'e7f6bb86ddcf49099d9071002d8dd5ff',
  'provider:network_type': 'vxlan',
  'provider:physical_network': null,
  'provider:segmentation_id': 859,
};

const full = {
  ...minimal,
  id: 'a13a7b53-999a-495d-bc58-a22c27bac1a0',
  name: 'web-net',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
  admin_state_up: false,
  mtu: 1400,
  subnets: ['06786911-e2e8-455c-8708-c499374ac59a', 'd37779ec-f0ef-4610-980e-fdb70f991268'],
  shared: true,
  availability_zone_hints: ['nova'],
  availability_zones: ['nova'],
  description: 'front',
  port_security_enabled: false,
  dns_domain: 'web.acme.example.',
  tags: ['prod', 'tier=1'],
  vlan_transparent: false,
  is_default: false,
  'provider:segmentation_id': 575,
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  name: 'web-net',
  admin_state_up: false,
  description: 'front',
  shared: true,
  port_security_enabled: false,
  dns_domain: 'web.acme.example.',
  vlan_transparent: false,
};

const twinId = 'twin-of-network-a13a7b53-999a-495d-bc58-a22c27bac1a0';

const lacking = 'Neutron refuses null here; what is left out is null';

/** A network as Zed shows it, with what other clouds add. */
export const networkFixture: Fixture = {
  minimal,
  full,
  extensions: [
    'availability_zone',
    'dns-integration',
    'net-mtu-writable',
    'network_availability_zone',
    'port-security',
    'standard-attr-tag',
    'vlan-transparent',
  ],
  needs: [{ name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' }],
  body,
  omitted: { description: lacking, vlan_transparent: lacking },
  // What Epoxy shows right after the create request: its own largest MTU, and no tags yet.
  fresh: { ...full, ...body, id: twinId, mtu: 1442, tags: [] },
  finish: [
    { method: 'PUT', path: `/networks/${twinId}`, body: { network: { mtu: 1400 } } },
    { method: 'PUT', path: `/networks/${twinId}/tags`, body: { tags: ['prod', 'tier=1'] } },
  ],
  twin: {
    ...full,
    ...body,
    id: twinId,
    tenant_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
    tags: ['tier=1', 'prod'],
    subnets: ['37033387-5766-43e8-945d-3e2c61247f33'],
    availability_zones: [],
    created_at: '2026-11-22T22:05:49Z',
    updated_at: '2026-11-22T22:05:51Z',
    revision_number: 6,
    'provider:network_type': 'geneve',
    'provider:segmentation_id': 78,
  },
  policyBodies: [
    {
      policy: { preserve_network_segmentation_id: true },
      body: { ...body, 'provider:network_type': 'vxlan', 'provider:segmentation_id': 575 },
    },
    { policy: { preserve_network_availability_zone: true }, body: { ...body, availability_zone_hints: ['nova'] } },
    {
      policy: { multitenant_mode: false },
      extensions: [],
      body: { name: 'web-net', admin_state_up: false, description: 'front' },
    },
  ],
  refused: [
    {
      attributes: {
        ...minimal,
        id: '8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
        'router:external': true,
        is_default: false,
        'provider:network_type': 'flat',
        'provider:physical_network': 'physnet-ext',
        'provider:segmentation_id': null,
      },
      says: 'register-external --resource-type network 8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
    },
    {
      attributes: {
        ...minimal,
        shared: true,
        'provider:network_type': 'vlan',
        'provider:physical_network': 'physnet1',
        'provider:segmentation_id': 222,
      },
      says: 'VLAN 222 of physnet1',
    },
    {
      attributes: { ...minimal, 'provider:network_type': 'flat', 'provider:physical_network': 'physnet1' },
      says: 'the wire physnet1',
    },
    {
      attributes: { ...minimal, segments: [{ 'provider:network_type': 'vlan', 'provider:segmentation_id': 7 }] },
      says: 'several segments',
    },
  ],
  traps: [{ ...full, id: '9cd73779-e491-4cc9-bf33-2c0ab8f2d2e0' }],
};
