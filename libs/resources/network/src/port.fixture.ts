import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '15234413-6d1e-45ef-b39e-c4ee1fcbc648',
  name: '',
  network_id: 'fecfdcc4-b171-4aad-bb53-eee17cf4c15e',
  tenant_id: 'a6f151de39fc4fb18eb9fe4d45493092',
  mac_address: 'fa:16:3e:99:cc:a5',
  admin_state_up: true,
  status: 'DOWN',
  device_id: '',
  device_owner: '',
  fixed_ips: [],
  project_id: 'a6f151de39fc4fb18eb9fe4d45493092',
  port_security_enabled: true,
  qos_policy_id: null,
  propagate_uplink_status: true,
  security_groups: [],
  'binding:vnic_type': 'normal',
  'binding:profile': {},
  'binding:host_id': '',
  'binding:vif_type': 'unbound',
  'binding:vif_details': {},
  allowed_address_pairs: [],
  extra_dhcp_opts: [],
  description: '',
  qos_network_policy_id: null,
  dns_name: '',
  dns_assignment: [],
  dns_domain: '',
  resource_request: null,
  ip_allocation: 'none',
  tags: [],
  created_at: '2026-11-23T01:34:06Z',
  updated_at: '2026-11-23T01:34:06Z',
  revision_number: 1,
  automatic_subnets: [],
  floating_ips: [],
};

const v4 = 'd332f412-a11d-46c0-a0e4-7640d391a09e';
const v6 = '36ef9b19-1a74-4343-a8ae-b17b128cbd8f';
const group = 'b60a2a96-7601-4a50-af20-1a8bef63497b';

const full = {
  ...minimal,
  id: '5e4ee58f-365b-4215-98a9-49d64746271e',
  name: 'web-1',
  description: 'front door',
  network_id: 'dcf7828b-ca9e-4ce7-8f8a-5f26b0054aaf',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
  mac_address: 'fa:16:3e:aa:bb:01',
  admin_state_up: false,
  status: 'ACTIVE',
  device_id: '1e8c34e5-6950-43f0-960c-d6b0e005bb79',
  device_owner: 'compute:nova',
  fixed_ips: [
    { subnet_id: v4, ip_address: '10.10.1.50' },
    { subnet_id: v4, ip_address: '10.10.1.51' },
    { subnet_id: v6, ip_address: 'fd10:1::f816:3eff:feaa:bb01' },
  ],
  allowed_address_pairs: [
    { mac_address: 'fa:16:3e:aa:bb:01', ip_address: '10.10.1.60' },
    { mac_address: '00:00:5e:00:01:07', ip_address: '10.10.1.61' },
  ],
  extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1390', ip_version: 4 }],
  security_groups: [group],
  dns_name: 'web-1',
  dns_domain: 'acme.example.',
  dns_assignment: [{ ip_address: '10.10.1.50', hostname: 'web-1', fqdn: 'web-1.source.lab.' }],
  propagate_uplink_status: false,
  numa_affinity_policy: 'legacy',
  hardware_offload_type: 'switchdev',
  trusted: true,
  device_profile: null,
  hints: null,
  'binding:vnic_type': 'direct',
  'binding:profile': { trusted: 'true', pci_slot: '0000:03:00.2' },
  'binding:host_id': 'compute-1',
  'binding:vif_type': 'ovs',
  'binding:vif_details': { port_filter: true },
  qos_policy_id: '67d382d8-7176-4676-9b01-8a071501be0b',
  trunk_details: { trunk_id: '0319dcf0-fa46-44a6-b4ee-de5625c7301e', sub_ports: [] },
  ip_allocation: 'immediate',
  tags: ['prod'],
  automatic_subnets: [v6],
  floating_ips: ['53ea8c58-3e98-4782-9b47-98abf4ae9637'],
};

const twinOf4 = `twin-of-subnet-${v4}`;
const twinOf6 = `twin-of-subnet-${v6}`;

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  network_id: 'twin-of-network-dcf7828b-ca9e-4ce7-8f8a-5f26b0054aaf',
  name: 'web-1',
  admin_state_up: false,
  description: 'front door',
  fixed_ips: [
    { subnet_id: twinOf4, ip_address: '10.10.1.50' },
    { subnet_id: twinOf4, ip_address: '10.10.1.51' },
    { subnet_id: twinOf6 },
  ],
  security_groups: [`twin-of-security-group-${group}`],
  port_security_enabled: true,
  allowed_address_pairs: [{ ip_address: '10.10.1.60' }, { ip_address: '10.10.1.61', mac_address: '00:00:5e:00:01:07' }],
  extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1390', ip_version: 4 }],
  'binding:vnic_type': 'direct',
  dns_name: 'web-1',
  dns_domain: 'acme.example.',
  propagate_uplink_status: false,
  hardware_offload_type: 'switchdev',
  numa_affinity_policy: 'legacy',
  trusted: true,
};

const { project_id: _owner, numa_affinity_policy: _numa, trusted: _trusted, ...tenantBody } = body;

const twinId = 'twin-of-port-5e4ee58f-365b-4215-98a9-49d64746271e';

const twin = {
  ...full,
  ...body,
  id: twinId,
  tenant_id: body.project_id,
  mac_address: 'fa:16:3e:70:fe:05',
  fixed_ips: [
    { subnet_id: twinOf6, ip_address: 'fd10:1::f816:3eff:fe70:fe05' },
    { subnet_id: twinOf4, ip_address: '10.10.1.51' },
    { subnet_id: twinOf4, ip_address: '10.10.1.50' },
  ],
  allowed_address_pairs: [
    { mac_address: '00:00:5e:00:01:07', ip_address: '10.10.1.61' },
    { mac_address: 'fa:16:3e:70:fe:05', ip_address: '10.10.1.60' },
  ],
  device_id: '',
  device_owner: '',
  'binding:profile': {},
  'binding:host_id': '',
  'binding:vif_type': 'unbound',
  'binding:vif_details': {},
  qos_policy_id: null,
  trunk_details: null,
  dns_assignment: [{ ip_address: '10.10.1.50', hostname: 'web-1', fqdn: 'web-1.destination.lab.' }],
  automatic_subnets: [twinOf6],
  floating_ips: [],
};

const extensions = [
  'allowed-address-pairs',
  'binding',
  'dns-domain-ports',
  'dns-integration',
  'extra_dhcp_opt',
  'port-hardware-offload-type',
  'port-numa-affinity-policy',
  'port-security',
  'port-trusted-vif',
  'standard-attr-tag',
  'uplink-status-propagation',
];

const lacking = 'Neutron refuses null here; what is left out is null';

/** A port as Zed and Epoxy show it, with what other clouds add. */
export const portFixture: Fixture = {
  minimal,
  full,
  extensions,
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'network', type: 'network', id: 'dcf7828b-ca9e-4ce7-8f8a-5f26b0054aaf' },
    { name: 'subnets', type: 'subnet', id: v4 },
    { name: 'subnets', type: 'subnet', id: v6 },
    { name: 'groups', type: 'security-group', id: group },
  ],
  links: [
    { name: 'dhcp', type: 'subnet', id: v4 },
    { name: 'dhcp', type: 'subnet', id: v6 },
  ],
  body,
  omitted: {
    description: lacking,
    hardware_offload_type: lacking,
    numa_affinity_policy: lacking,
  },
  finish: [{ method: 'PUT', path: `/ports/${twinId}/tags`, body: { tags: ['prod'] } }],
  twin,
  policyBodies: [
    { policy: { preserve_port_mac_address: true }, body: { ...body, mac_address: 'fa:16:3e:aa:bb:01' } },
    {
      policy: { preserve_port_fixed_ips: false },
      body: { ...body, fixed_ips: [{ subnet_id: twinOf4 }, { subnet_id: twinOf4 }, { subnet_id: twinOf6 }] },
    },
    { policy: { multitenant_mode: false }, body: tenantBody },
    {
      extensions: [],
      body: {
        project_id: body.project_id,
        network_id: body.network_id,
        name: 'web-1',
        admin_state_up: false,
        description: 'front door',
        fixed_ips: body.fixed_ips,
        security_groups: body.security_groups,
      },
    },
  ],
  traps: [{ ...twin, id: 'bc0344b5-4acc-4b35-9f3b-dd049aaec78d' }],
};
