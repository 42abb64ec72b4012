import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { listed } from '../listed.ts';
import { nameOf, namesById, only, unordered, type Thing, type View } from './thing.ts';

/** Everything of the networking service that the tenant's projects own. */
export const networkThings = async (view: View): Promise<Thing[]> => {
  const read = (path: string, key: string) => ownedBy(view, path, key);
  const networks = await read('/networks', 'networks');
  const subnets = await read('/subnets', 'subnets');
  const routers = await read('/routers', 'routers');
  const ports = await read('/ports', 'ports');
  const groups = await read('/security-groups', 'security_groups');
  const names: Names = {
    networks: namesById([...networks, ...(await externalNetworks(view.cloud))]),
    subnets: new Map(subnets.map(({ id, name, cidr }) => [String(id), `${String(name)} ${String(cidr)}`])),
    routers: namesById(routers),
    groups: namesById(groups),
  };
  return [
    ...networks.map((each) => networkThing(view, each)),
    ...subnets.map((each) => subnetThing(view, names, each)),
    ...routers.map((each) => routerThing(view, names, each)),
    ...ports.filter(isTheTenants).map((each) => portThing(view, names, each)),
    ...groups.map((each) => groupThing(view, names, each)),
  ];
};

interface Names {
  readonly networks: ReadonlyMap<string, string>;
  readonly subnets: ReadonlyMap<string, string>;
  readonly routers: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
}

const ownedBy = async ({ cloud, projects }: View, path: string, key: string): Promise<readonly JsonObject[]> =>
  (
    await Promise.all(
      [...projects.keys()].map((id) => listed(cloud, 'network', { path, key, query: { project_id: id } })),
    )
  ).flat();

const externalNetworks = (cloud: Cloud): Promise<readonly JsonObject[]> =>
  listed(cloud, 'network', { path: '/networks', key: 'networks', query: { 'router:external': 'true' } });

const ownerOf = ({ projects }: View, item: JsonObject): string => nameOf(projects, item['project_id']);

/** Tunnels leave networks of no wish of their own as much room as they have, which differs. */
const smallMtu = 1400;

const networkThing = (view: View, network: JsonObject): Thing => {
  const mtu = Number(network['mtu']);
  return {
    type: 'network',
    place: `${ownerOf(view, network)}/${String(network['name'])}`,
    looks: {
      ...only(network, 'description', 'admin_state_up', 'port_security_enabled', 'shared', 'router:external'),
      dns_domain: network['dns_domain'] ?? '',
      tags: unordered(network['tags']),
      mtu: mtu > smallMtu ? 'as large as it may be' : mtu,
      subnets: Array.isArray(network['subnets']) ? network['subnets'].length : undefined,
    },
  };
};

const subnetThing = (view: View, names: Names, subnet: JsonObject): Thing => ({
  type: 'subnet',
  place: `${ownerOf(view, subnet)}/${nameOf(names.networks, subnet['network_id'])}/${String(subnet['cidr'])}`,
  looks: {
    ...only(subnet, 'name', 'description', 'ip_version', 'gateway_ip', 'enable_dhcp', 'dns_nameservers'),
    ...only(subnet, 'ipv6_address_mode', 'ipv6_ra_mode', 'service_types'),
    host_routes: unordered(subnet['host_routes'], routeWords),
    allocation_pools: unordered(subnet['allocation_pools'], ({ start, end }) => [start, end]),
    tags: unordered(subnet['tags']),
  },
});

const routeWords = ({ destination, nexthop }: JsonObject): unknown => [destination, nexthop];

const routerThing = (view: View, names: Names, router: JsonObject): Thing => {
  const gateway = router['external_gateway_info'];
  return {
    type: 'router',
    place: `${ownerOf(view, router)}/${String(router['name'])}`,
    looks: {
      ...only(router, 'description', 'admin_state_up', 'ha', 'distributed'),
      gateway: isJsonObject(gateway)
        ? { network: nameOf(names.networks, gateway['network_id']), enable_snat: gateway['enable_snat'] }
        : null,
      routes: unordered(router['routes'], routeWords),
      tags: unordered(router['tags']),
    },
  };
};

/** DHCP ports come and go with the cloud's agents. */
const isTheTenants = (port: JsonObject): boolean => port['device_owner'] !== 'network:dhcp';

/** A port is its network, its addresses and what it belongs to. Neutron filters nothing at those of routers. */
const portThing = (view: View, names: Names, port: JsonObject): Thing => {
  const addresses = unordered(port['fixed_ips'], ({ subnet_id, ip_address }) => [
    nameOf(names.subnets, subnet_id),
    ip_address,
  ]);
  return {
    type: 'port',
    place: `${ownerOf(view, port)}/${nameOf(names.networks, port['network_id'])}/${addresses.join(' ')}`,
    looks: {
      ...only(port, 'name', 'description', 'device_owner', 'admin_state_up'),
      router: names.routers.get(String(port['device_id'])) ?? port['device_id'],
    },
  };
};

/** A rule is what it lets through; with the set of all a group is compared. */
const groupThing = (view: View, names: Names, group: JsonObject): Thing => ({
  type: 'security-group',
  place: `${ownerOf(view, group)}/${String(group['name'])}`,
  looks: {
    ...only(group, 'description', 'stateful'),
    tags: unordered(group['tags']),
    rules: unordered(group['security_group_rules'], (rule) => ({
      ...only(rule, 'direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_ip_prefix'),
      remote_group: rule['remote_group_id'] == null ? null : nameOf(names.groups, rule['remote_group_id']),
      description: rule['description'] ?? '',
      owner: ownerOf(view, rule),
    })),
  },
});
