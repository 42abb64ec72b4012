import type { Json, Release } from './frame.ts';

/** Types that neutron checks before anything else. */
export type AttributeType =
  | 'any'
  | 'string'
  | 'boolean'
  | 'integer'
  | 'uuid'
  | 'uuid-or-null'
  | 'mac'
  | 'ip-or-null'
  | 'ip-version'
  | 'uuids'
  | 'nameservers'
  | 'routes';

/** What may be done with one attribute of a resource. */
export interface Attribute {
  /** May be given at creation. */
  readonly post: boolean;
  /** May be changed later. */
  readonly put: boolean;
  readonly type: AttributeType;
  /** Must be given at creation. */
  readonly required?: true;
  /** Value when not given; absent means that the code of the resource decides. */
  readonly absent?: Json;
  /** Only an administrator may give it at creation (`post`), change it (`put`), or see it (`see`). */
  readonly admin?: readonly ('post' | 'put' | 'see')[];
  /** Not known before Epoxy. */
  readonly since?: 'epoxy';
}

/** The attributes of a resource by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** The attributes that a release knows. */
export function ofRelease(attributes: Attributes, release: Release): Attributes {
  if (release === 'epoxy') return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([, attribute]) => attribute.since === undefined));
}

const read = { post: false, put: false, type: 'any' } as const;
const name = { post: true, put: true, type: 'string', absent: '' } as const;
const adminStateUp = { post: true, put: true, type: 'boolean', absent: true } as const;
const boolean = { post: true, put: true, type: 'boolean' } as const;
const setOnce = { post: true, put: false } as const;
const policy = { post: true, put: true, type: 'uuid-or-null', absent: null } as const;
const all = { post: true, put: true, type: 'any' } as const;

/** What every resource with standard attributes has; `tags` are set at their own path only. */
const standard: Attributes = {
  id: read,
  project_id: { ...setOnce, type: 'string' },
  tenant_id: { ...setOnce, type: 'string' },
  description: { post: true, put: true, type: 'string', absent: '' },
  tags: read,
  created_at: read,
  updated_at: read,
  revision_number: read,
};

const provider = { ...all, admin: ['post', 'put', 'see'] } as const;

/** Attributes of networks. */
export const networkAttributes: Attributes = {
  ...standard,
  name,
  admin_state_up: adminStateUp,
  status: read,
  subnets: read,
  shared: { ...boolean, absent: false, admin: ['post', 'put'] },
  'router:external': { ...boolean, absent: false, admin: ['post', 'put'] },
  is_default: { ...boolean, absent: false, admin: ['post', 'put'] },
  mtu: { post: true, put: true, type: 'integer', absent: 0 },
  dns_domain: name,
  port_security_enabled: { ...boolean, absent: true },
  qos_policy_id: policy,
  availability_zone_hints: { ...setOnce, type: 'any', absent: [] },
  availability_zones: read,
  ipv4_address_scope: read,
  ipv6_address_scope: read,
  l2_adjacency: read,
  segments: provider,
  'provider:network_type': provider,
  'provider:physical_network': provider,
  'provider:segmentation_id': provider,
  ha: { ...setOnce, type: 'boolean', absent: false, since: 'epoxy', admin: ['see'] },
};

/** Attributes of subnets. */
export const subnetAttributes: Attributes = {
  ...standard,
  name,
  network_id: { ...setOnce, type: 'uuid', required: true },
  ip_version: { ...setOnce, type: 'ip-version', required: true },
  cidr: { ...setOnce, type: 'any' },
  prefixlen: { ...setOnce, type: 'integer' },
  subnetpool_id: { ...setOnce, type: 'any' },
  use_default_subnetpool: { ...setOnce, type: 'boolean', absent: false },
  gateway_ip: { post: true, put: true, type: 'ip-or-null' },
  allocation_pools: all,
  dns_nameservers: { ...all, type: 'nameservers' },
  host_routes: { ...all, type: 'routes' },
  enable_dhcp: { ...boolean, absent: true },
  ipv6_ra_mode: { ...setOnce, type: 'any' },
  ipv6_address_mode: { ...setOnce, type: 'any' },
  service_types: { ...all, admin: ['post', 'put'] },
  segment_id: { ...policy, admin: ['post', 'put', 'see'] },
  shared: read,
  'router:external': { ...read, since: 'epoxy' },
};

/** Attributes of ports. */
export const portAttributes: Attributes = {
  ...standard,
  name,
  network_id: { ...setOnce, type: 'uuid', required: true },
  admin_state_up: adminStateUp,
  mac_address: { post: true, put: true, type: 'mac', admin: ['put'] },
  fixed_ips: all,
  device_id: name,
  device_owner: name,
  status: read,
  security_groups: { post: true, put: true, type: 'uuids' },
  port_security_enabled: boolean,
  allowed_address_pairs: all,
  extra_dhcp_opts: all,
  dns_name: name,
  dns_domain: name,
  dns_assignment: read,
  ip_allocation: read,
  qos_policy_id: policy,
  qos_network_policy_id: read,
  propagate_uplink_status: { ...setOnce, type: 'boolean', absent: true },
  device_profile: { ...setOnce, type: 'any', absent: null, admin: ['post', 'see'] },
  numa_affinity_policy: { ...all, absent: null, admin: ['post', 'put', 'see'] },
  resource_request: { ...read, admin: ['see'] },
  trunk_details: read,
  'binding:host_id': { ...all, admin: ['post', 'put', 'see'] },
  'binding:profile': { ...all, admin: ['post', 'put', 'see'] },
  'binding:vif_type': { ...read, admin: ['see'] },
  'binding:vif_details': { ...read, admin: ['see'] },
  'binding:vnic_type': { ...all, absent: 'normal' },
};

/** Attributes of routers. */
export const routerAttributes: Attributes = {
  ...standard,
  name,
  admin_state_up: adminStateUp,
  status: read,
  external_gateway_info: { ...all, absent: null },
  routes: { post: false, put: true, type: 'routes' },
  distributed: { ...boolean, admin: ['post', 'put', 'see'] },
  ha: { ...boolean, admin: ['post', 'put', 'see'] },
  flavor_id: { ...setOnce, type: 'any' },
  availability_zones: read,
  availability_zone_hints: { ...setOnce, type: 'any', absent: [] },
  conntrack_helpers: read,
};

/** Attributes of security groups. */
export const securityGroupAttributes: Attributes = {
  ...standard,
  name,
  stateful: { ...boolean, absent: true },
  security_group_rules: read,
  shared: read,
};

/** Attributes of the rules of security groups. */
export const securityGroupRuleAttributes: Attributes = {
  ...standard,
  security_group_id: { ...setOnce, type: 'uuid', required: true },
  direction: { ...setOnce, type: 'any', required: true },
  ethertype: { ...setOnce, type: 'any', absent: 'IPv4' },
  protocol: { ...setOnce, type: 'any', absent: null },
  port_range_min: { ...setOnce, type: 'any', absent: null },
  port_range_max: { ...setOnce, type: 'any', absent: null },
  remote_ip_prefix: { ...setOnce, type: 'any', absent: null },
  remote_group_id: { ...setOnce, type: 'any', absent: null },
  remote_address_group_id: { ...setOnce, type: 'any', absent: null },
  normalized_cidr: read,
  standard_attr_id: read,
  belongs_to_default_sg: { ...read, since: 'epoxy' },
};

/** Attributes of floating IPs. */
export const floatingIpAttributes: Attributes = {
  ...standard,
  floating_network_id: { ...setOnce, type: 'uuid', required: true },
  floating_ip_address: { ...setOnce, type: 'ip-or-null', absent: null, admin: ['post'] },
  subnet_id: { ...setOnce, type: 'uuid-or-null', absent: null },
  port_id: { post: true, put: true, type: 'uuid-or-null', absent: null },
  fixed_ip_address: { post: true, put: true, type: 'ip-or-null', absent: null },
  router_id: read,
  status: read,
  qos_policy_id: policy,
  dns_name: { ...setOnce, type: 'string', absent: '' },
  dns_domain: { ...setOnce, type: 'string', absent: '' },
  port_details: read,
  port_forwardings: read,
};

/** Attributes of address groups. */
export const addressGroupAttributes: Attributes = {
  ...standard,
  name,
  addresses: { ...setOnce, type: 'any', absent: [] },
  shared: read,
};

/** Attributes of QoS policies. */
export const qosPolicyAttributes: Attributes = {
  ...standard,
  name: { ...name, required: true },
  shared: { ...boolean, absent: false },
  is_default: { ...boolean, absent: false },
  rules: read,
};

/** Attributes of RBAC policies. */
export const rbacPolicyAttributes: Attributes = {
  id: read,
  project_id: { ...setOnce, type: 'string' },
  tenant_id: { ...setOnce, type: 'string' },
  object_type: { ...setOnce, type: 'string', required: true },
  object_id: { ...setOnce, type: 'uuid', required: true },
  action: { ...setOnce, type: 'string', required: true },
  target_tenant: { post: true, put: true, type: 'string', required: true },
};
