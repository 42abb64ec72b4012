import { randomBytes } from 'node:crypto';
import type { JsonObject, Ref } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { listed, make } from '@osm/testing/tenant';

/** A network of the test's own that leads out of a cloud, with the same range on both: its addresses can be kept. */
export interface Outside {
  readonly network: string;
  readonly subnet: string;
}

/** A project whose network has everything that is easily lost. */
export interface AwkwardNetwork {
  readonly projectId: string;
  /** By the name that it has in the test, whatever its type. */
  readonly ids: { readonly [name: string]: string };
}

export const newPrefix = (): string => `net-${randomBytes(3).toString('hex')}-`;

/** Makes the network outside, as an administrator does. */
export const makeOutside = async (admin: Cloud, prefix: string): Promise<Outside> => {
  const network = await make(admin, 'network', '/networks', 'network', {
    name: `${prefix}outside`,
    'router:external': true,
  });
  const range = { cidr: '203.0.113.0/24', gateway_ip: '203.0.113.1', ip_version: 4, enable_dhcp: false };
  const subnet = await make(admin, 'network', '/subnets', 'subnet', { network_id: network.id, ...range });
  return { network: network.id, subnet: subnet.id };
};

/** The network that every cloud of the tests has, whose range differs from cloud to cloud. */
export const publicOf = async (admin: Cloud): Promise<Outside> => {
  const query = { 'router:external': 'true', name: 'public' };
  const [network] = await listed(admin, 'network', { path: '/networks', key: 'networks', query });
  const subnets = Array.isArray(network?.['subnets']) ? network['subnets'] : [];
  return { network: String(network?.['id']), subnet: String(subnets[0]) };
};

/** Makes the project and what is in it, through the API. */
export const makeAwkwardNetwork = async (
  admin: Cloud,
  prefix: string,
  outside: Outside,
  elsewhere: Outside,
): Promise<AwkwardNetwork> => {
  const ids: { [name: string]: string } = {};
  const project = await make(admin, 'identity', '/projects', 'project', { name: `${prefix}p`, domain_id: 'default' });
  const project_id = project.id;
  const put = async (path: string, one: string | undefined, body: object): Promise<void> => {
    await admin.send('network', { method: 'PUT', path, body: one === undefined ? body : { [one]: body } });
  };
  const add = async (path: string, one: string, name: string, body: object): Promise<string> => {
    const named = path === '/floatingips' || path === '/security-group-rules' ? {} : { name };
    const made = await make(admin, 'network', path, one, { project_id, ...named, ...body });
    ids[name] = made.id;
    return made.id;
  };

  const front = await add('/networks', 'network', 'front', { description: 'where the guests are' });
  const back = await add('/networks', 'network', 'back', { admin_state_up: false, port_security_enabled: false });
  await put(`/networks/${front}/tags`, undefined, { tags: ['prod', 'tier=1'] });
  // Ports come first here, too: else the DHCP server of the source might have the first address.
  const a = await add('/subnets', 'subnet', 'a', {
    network_id: front,
    ip_version: 4,
    cidr: '10.80.0.0/24',
    enable_dhcp: false,
    dns_nameservers: ['9.9.9.9', '1.1.1.1'],
  });
  await add('/subnets', 'subnet', 'no-gateway', {
    network_id: back,
    ip_version: 4,
    cidr: '10.81.0.0/24',
    gateway_ip: null,
    enable_dhcp: false,
    host_routes: [{ destination: '10.99.0.0/16', nexthop: '10.81.0.9' }],
    allocation_pools: [{ start: '10.81.0.100', end: '10.81.0.150' }],
  });
  const six = await add('/subnets', 'subnet', 'six', {
    network_id: front,
    ip_version: 6,
    cidr: 'fd80::/64',
    ipv6_ra_mode: 'slaac',
    ipv6_address_mode: 'slaac',
  });
  const c = await add('/subnets', 'subnet', 'c', { network_id: back, ip_version: 4, cidr: '10.82.0.0/24' });

  const offices = await add('/address-groups', 'address_group', 'offices', {
    description: 'who may come in',
    addresses: ['198.51.100.7/32', '203.0.113.0/24'],
  });
  const left = await add('/security-groups', 'security_group', 'left', { description: 'one of a circle' });
  const right = await add('/security-groups', 'security_group', 'right', { stateful: false });
  await withoutRules(admin, left);
  const rule = (security_group_id: string, name: string, body: object): Promise<string> =>
    add('/security-group-rules', 'security_group_rule', name, { security_group_id, direction: 'ingress', ...body });
  await rule(left, 'from-right', { remote_group_id: right });
  await rule(right, 'from-left', { remote_group_id: left });
  await rule(left, 'from-itself', {
    remote_group_id: left,
    protocol: 'tcp',
    port_range_min: 1,
    port_range_max: 65_535,
  });
  await rule(right, 'from-offices', { remote_address_group_id: offices, protocol: 'tcp', description: 'staff' });
  await rule(right, 'ping', { protocol: 'icmp', port_range_min: 8, port_range_max: 0 });
  const [ofProject] = await listed(admin, 'network', {
    path: '/security-groups',
    key: 'security_groups',
    query: { project_id, name: 'default' },
  });
  const ownDefault = String(ofProject?.['id']);
  ids['default'] = ownDefault;
  await withoutRules(admin, ownDefault);
  await rule(ownDefault, 'ssh', { protocol: 'tcp', port_range_min: 22, port_range_max: 22 });

  await add('/ports', 'port', 'first', { network_id: front, fixed_ips: [{ subnet_id: a, ip_address: '10.80.0.2' }] });
  const many = await add('/ports', 'port', 'many', {
    network_id: front,
    fixed_ips: ['10.80.0.20', '10.80.0.21'].map((ip_address) => ({ subnet_id: a, ip_address })),
    security_groups: [left],
    allowed_address_pairs: [
      { ip_address: '10.80.0.60' },
      { ip_address: '10.80.0.61', mac_address: '00:00:5e:00:01:07' },
    ],
    extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1390' }],
    description: 'the door',
    dns_name: 'door',
  });
  await put(`/ports/${many}/tags`, undefined, { tags: ['prod'] });
  await add('/ports', 'port', 'insecure', {
    network_id: front,
    port_security_enabled: false,
    security_groups: [],
    admin_state_up: false,
  });
  await add('/ports', 'port', 'no-groups', { network_id: front, security_groups: [], fixed_ips: [{ subnet_id: six }] });
  await add('/ports', 'port', 'no-address', { network_id: back, fixed_ips: [], security_groups: [] });
  await put(`/subnets/${a}`, 'subnet', { enable_dhcp: true });

  const router = await add('/routers', 'router', 'edge', {
    external_gateway_info: {
      network_id: outside.network,
      enable_snat: false,
      external_fixed_ips: [{ subnet_id: outside.subnet, ip_address: '203.0.113.77' }],
    },
  });
  await put(`/routers/${router}/add_router_interface`, undefined, { subnet_id: a });
  const fixed_ips = [{ subnet_id: c, ip_address: '10.82.0.77' }];
  const face = await make(admin, 'network', '/ports', 'port', { project_id, network_id: back, fixed_ips });
  await put(`/routers/${router}/add_router_interface`, undefined, { port_id: face.id });
  const routes = [
    { destination: '10.98.0.0/16', nexthop: '10.80.0.9' },
    { destination: '10.99.0.0/16', nexthop: '10.82.0.9' },
  ];
  await put(`/routers/${router}`, 'router', { routes });
  await add('/routers', 'router', 'lonely', { external_gateway_info: { network_id: elsewhere.network } });

  await add('/floatingips', 'floatingip', 'tied', {
    floating_network_id: outside.network,
    floating_ip_address: '203.0.113.50',
    port_id: many,
    fixed_ip_address: '10.80.0.21',
    description: 'the shop',
  });
  await add('/floatingips', 'floatingip', 'spare', {
    floating_network_id: outside.network,
    floating_ip_address: '203.0.113.51',
  });
  await add('/floatingips', 'floatingip', 'of-another-pool', { floating_network_id: elsewhere.network });
  return { projectId: project_id, ids };
};

const withoutRules = async (admin: Cloud, group: string): Promise<void> => {
  const query = { security_group_id: group };
  const rules = await listed(admin, 'network', { path: '/security-group-rules', key: 'security_group_rules', query });
  for (const { id } of rules) {
    await admin.send('network', { method: 'DELETE', path: `/security-group-rules/${String(id)}` });
  }
};

/** What there is in a project, by collection: without what routers and DHCP servers made for themselves. */
export const collections = {
  networks: 'network',
  subnets: 'subnet',
  routers: 'router',
  'security-groups': 'security_group',
  'address-groups': 'address_group',
  ports: 'port',
  floatingips: 'floatingip',
} as const;

/** Everything that a project has in the network, raw. */
export const networkOf = async (
  admin: Cloud,
  project_id: string,
): Promise<ReadonlyMap<keyof typeof collections, readonly JsonObject[]>> => {
  const found = new Map<keyof typeof collections, readonly JsonObject[]>();
  for (const collection of Object.keys(collections) as (keyof typeof collections)[]) {
    const listing = { path: `/${collection}`, key: collection.replaceAll('-', '_'), query: { project_id } };
    found.set(collection, await listed(admin, 'network', listing));
  }
  return found;
};

/** Removes the project of this prefix and the network outside; what is not there is fine. */
export const removeAwkwardNetwork = async (admin: Cloud, prefix: string): Promise<void> => {
  const gone = async (path: string): Promise<void> => {
    await admin.send('network', { method: 'DELETE', path, accept: [404] });
  };
  const put = async (path: string, body: object): Promise<void> => {
    await admin.send('network', { method: 'PUT', path, body, accept: [404] });
  };
  const query = { name: `${prefix}p` };
  for (const { id } of await listed(admin, 'identity', { path: '/projects', key: 'projects', query })) {
    const all = await networkOf(admin, String(id));
    const each = (collection: keyof typeof collections) => (all.get(collection) ?? []).map((one) => String(one['id']));
    for (const one of each('floatingips')) await gone(`/floatingips/${one}`);
    for (const router of each('routers')) {
      await put(`/routers/${router}`, { router: { routes: [], external_gateway_info: {} } });
      const query = { device_id: router, fields: ['id'] };
      for (const face of await listed(admin, 'network', { path: '/ports', key: 'ports', query })) {
        await put(`/routers/${router}/remove_router_interface`, { port_id: String(face['id']) });
      }
      await gone(`/routers/${router}`);
    }
    for (const port of all.get('ports') ?? []) {
      if (!String(port['device_owner']).startsWith('network:')) await gone(`/ports/${String(port['id'])}`);
    }
    for (const one of each('networks')) await gone(`/networks/${one}`);
    for (const one of each('security-groups')) await withoutRules(admin, one);
    for (const one of each('security-groups')) await gone(`/security-groups/${one}`);
    for (const one of each('address-groups')) await gone(`/address-groups/${one}`);
    await admin.send('identity', { method: 'DELETE', path: `/projects/${String(id)}`, accept: [404] });
    // Neutron makes the default group again for whoever lists the groups of a project.
    for (const group of (await networkOf(admin, String(id))).get('security-groups') ?? []) {
      await gone(`/security-groups/${String(group['id'])}`);
    }
  }
  const outside = { name: `${prefix}outside` };
  for (const { id } of await listed(admin, 'network', { path: '/networks', key: 'networks', query: outside })) {
    await gone(`/networks/${String(id)}`);
  }
};

/** What a person registers: the networks outside of both clouds. */
export const outsidePairs = (
  pairs: readonly { readonly source: Outside; readonly destination: Outside }[],
): readonly { readonly ref: Ref; readonly destinationId: string }[] =>
  pairs.flatMap(({ source, destination }) => [
    { ref: { type: 'network', id: source.network }, destinationId: destination.network },
    { ref: { type: 'subnet', id: source.subnet }, destinationId: destination.subnet },
  ]);
