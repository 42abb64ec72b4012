import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud, Query } from '@osm/resource';

/** Modes in which each host, and Neutron for it, makes the address of the prefix and the MAC address. */
const automaticModes = ['slaac', 'dhcpv6-stateless'];

/** Adds to a port in which of its subnets addresses make themselves, and which floating IPs lead to it. */
export const portRelations = async (cloud: Cloud, id?: string): Promise<(item: JsonObject) => Promise<JsonObject>> => {
  const floating = await floatingIpsByPort(cloud, id);
  // Many ports share few subnets, and a port of IPv4 alone has none that would have to be looked at.
  let automatic: Promise<ReadonlySet<string>> | undefined;
  return async (item) => {
    const six = fixedIpsOf(item).filter(({ ip_address }) => String(ip_address).includes(':'));
    const subnets = [...new Set(six.map(({ subnet_id }) => String(subnet_id)))];
    if (subnets.length > 0) automatic ??= automaticSubnets(cloud, id === undefined ? undefined : subnets);
    const known = (await automatic) ?? new Set();
    return {
      automatic_subnets: subnets.filter((subnet) => known.has(subnet)).sort(),
      floating_ips: [...(floating.get(String(item['id'])) ?? [])].sort(),
    };
  };
};

/** The addresses of a port as any answer shows them. */
export const fixedIpsOf = ({ fixed_ips }: JsonObject): readonly JsonObject[] =>
  Array.isArray(fixed_ips) ? fixed_ips.filter(isJsonObject) : [];

const automaticSubnets = async (cloud: Cloud, ids: readonly string[] | undefined): Promise<ReadonlySet<string>> => {
  const query: Query = {
    ip_version: '6',
    fields: ['id', 'ipv6_address_mode'],
    ...(ids === undefined ? {} : { id: ids }),
  };
  const found = new Set<string>();
  for await (const { id, ipv6_address_mode: mode } of cloud.list('network', '/subnets', { key: 'subnets', query })) {
    if (automaticModes.includes(String(mode))) found.add(String(id));
  }
  return found;
};

const floatingIpsByPort = async (cloud: Cloud, portId?: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const byPort = new Map<string, string[]>();
  // A cloud without routers has none.
  if (!(await cloud.extensions()).has('router')) return byPort;
  const query: Query = { fields: ['id', 'port_id'], ...(portId === undefined ? {} : { port_id: portId }) };
  for await (const { id, port_id } of cloud.list('network', '/floatingips', { key: 'floatingips', query })) {
    if (typeof port_id === 'string') byPort.set(port_id, [...(byPort.get(port_id) ?? []), String(id)]);
  }
  return byPort;
};
