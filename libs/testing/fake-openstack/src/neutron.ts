import type { Call, Cloud, FakeCloudOptions, JsonObject, Reply, Route, Service } from './frame.ts';
import { isoSeconds } from './frame.ts';
import { projects } from './identity-rows.ts';
import { addressGroupActions, addressGroupKind } from './neutron-address-groups.ts';
import { extensionRoutes } from './neutron-extensions.ts';
import { floatingIpKind } from './neutron-floating-ips.ts';
import { makeNetwork, networkKind } from './neutron-networks.ts';
import { portKind } from './neutron-ports.ts';
import { qosPolicyKind, qosRuleRoutes } from './neutron-qos.ts';
import { quotaRoutes } from './neutron-quotas.ts';
import { rbacPolicyKind } from './neutron-rbac.ts';
import { networkRefusal } from './neutron-refusals.ts';
import { routesOf } from './neutron-resource.ts';
import { routerActions, routerKind } from './neutron-routers.ts';
import { securityGroupKind, securityGroupRuleKind } from './neutron-security-groups.ts';
import { makeSubnet, subnetKind } from './neutron-subnets.ts';
import { tagRoutesOf } from './neutron-tags.ts';

/** Neutron: networks and what is in them. */
export function networkService(_options: FakeCloudOptions): Service {
  return {
    prefix: 'network',
    type: 'network',
    name: 'neutron',
    endpointPath: '',
    routes: [
      { method: 'GET', path: '/', open: true, handle: versions },
      { method: 'GET', path: '/v2.0', handle: resources },
      ...extensionRoutes,
      ...quotaRoutes,
      ...routesOf(networkKind),
      ...routesOf(subnetKind),
      ...routesOf(portKind),
      ...routesOf(routerKind),
      ...routerActions,
      ...routesOf(securityGroupKind),
      ...routesOf(securityGroupRuleKind),
      ...routesOf(floatingIpKind),
      ...routesOf(addressGroupKind),
      ...addressGroupActions,
      ...routesOf(qosPolicyKind),
      ...qosRuleRoutes,
      ...routesOf(rbacPolicyKind),
      ...tagRoutesOf(networkKind),
      ...tagRoutesOf(subnetKind),
      ...tagRoutesOf(portKind),
      ...tagRoutesOf(routerKind),
      ...tagRoutesOf(securityGroupKind),
      ...tagRoutesOf(securityGroupRuleKind),
      ...tagRoutesOf(floatingIpKind),
      ...tagRoutesOf(qosPolicyKind),
      ...emptyLists,
      { method: 'GET', path: '/v2.0/agents', handle: agents },
      { method: 'GET', path: '/v2.0/availability_zones', handle: zones },
    ],
    seed,
    refusal: networkRefusal,
  };
}

function versions(call: Call): Reply {
  const links = [{ rel: 'self', href: `${call.baseUrl}/v2.0/` }];
  return { status: 200, body: { versions: [{ id: 'v2.0', status: 'CURRENT', links }] } };
}

function resources(call: Call): Reply {
  const rows = ['network', 'subnet', 'subnetpool', 'port'].map((name) => ({
    name,
    collection: `${name}s`,
    links: [{ rel: 'self', href: `${call.baseUrl}/v2.0/${name}s` }],
  }));
  return { status: 200, body: { resources: rows } };
}

/** What neutron offers and this cloud has none of: lists are empty, and nothing can be made. */
const emptyLists: readonly Route[] = ['subnetpools', 'address-scopes', 'trunks', 'service-profiles', 'flavors'].map(
  (path) => ({
    method: 'GET',
    path: `/v2.0/${path}`,
    handle: () => ({ status: 200, body: { [path.replaceAll('-', '_')]: [] } }),
  }),
);

function agents(call: Call): Reply {
  if (!call.context.isAdmin) return { status: 200, body: { agents: [] } };
  const now = isoSeconds(call.cloud.now()).replace('T', ' ').replace('Z', '');
  const agent = (type: string, binary: string, id: string): JsonObject => ({
    id,
    agent_type: type,
    binary,
    topic: binary.replace('neutron-', '').replaceAll('-', '_'),
    host: `${call.cloud.options.name}-network-1`,
    admin_state_up: true,
    created_at: now,
    started_at: now,
    heartbeat_timestamp: now,
    description: null,
    resources_synced: null,
    availability_zone: 'nova',
    alive: true,
    configurations: {},
  });
  const rows = [
    agent('DHCP agent', 'neutron-dhcp-agent', '0d1c9a52-7c1e-4a3e-9a53-2f4d6b1c8e01'),
    agent('L3 agent', 'neutron-l3-agent', '0d1c9a52-7c1e-4a3e-9a53-2f4d6b1c8e02'),
  ];
  return { status: 200, body: { agents: rows } };
}

function zones(): Reply {
  const rows = ['router', 'network'].map((resource) => ({ state: 'available', name: 'nova', resource }));
  return { status: 200, body: { availability_zones: rows } };
}

/** The external network `public` with its subnet, as operators make it for their tenants. */
function seed(cloud: Cloud): void {
  const admin = [...projects(cloud).values()].find((row) => row.name === 'admin' && !row.is_domain);
  const projectId = admin?.id ?? '';
  const network = makeNetwork(cloud, {
    project_id: projectId,
    name: 'public',
    description: '',
    mtu: 1500,
    shared: false,
    'router:external': true,
    is_default: false,
    admin_state_up: true,
    dns_domain: '',
    qos_policy_id: null,
    'provider:network_type': 'flat',
    'provider:physical_network': 'physnet-ext',
  });
  const cidr = cloud.options.publicCidr ?? '198.18.1.0/24';
  const base = cidr.slice(0, cidr.lastIndexOf('.'));
  makeSubnet(cloud, network, {
    project_id: projectId,
    name: 'public-subnet',
    ip_version: 4,
    cidr,
    gateway_ip: `${base}.1`,
    allocation_pools: [{ start: `${base}.10`, end: `${base}.250` }],
    enable_dhcp: false,
  });
}
