import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import type { Block } from './neutron-addresses.ts';
import { contains, formatAddress, formatBlock, overlaps, parseAddress, parseBlock } from './neutron-addresses.ts';
import { subnetAttributes } from './neutron-attributes.ts';
import { isUsable, missingNetwork } from './neutron-networks.ts';
import { allocate, dropDhcpPortFrom, ensureDhcpPort } from './neutron-ports.ts';
import { badAttribute, badInput, badRequest, conflict, forbidden, pythonic } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import type { Network, Pool, Port, Subnet } from './neutron-rows.ts';
import { isOwn, networks, newRow, ports, standardView, subnets, touch } from './neutron-rows.ts';

/** Subnets. They are visible to whoever sees their network. */
export const subnetKind: Kind<Subnet> = {
  singular: 'subnet',
  collection: 'subnets',
  path: 'subnets',
  attributes: subnetAttributes,
  quota: 'subnet',
  rows: subnets,
  missing: missingSubnet,
  view,
  isShared,
  create,
  update,
  remove: (call, row) => remove(call.cloud, row),
};

/** 404 of a subnet. */
export function missingSubnet(id: string): Refusal {
  return new Refusal(404, `Subnet ${id} could not be found.`, 'SubnetNotFound');
}

function isShared(call: Call, row: Subnet): boolean {
  const network = networks(call.cloud).get(row.network_id);
  return network !== undefined && (isOwn(call, network) || isUsable(call, network));
}

function view(call: Call, row: Subnet): JsonObject {
  const network = networks(call.cloud).get(row.network_id);
  const { shared: _, use_default_subnetpool: __, ...rest } = standardView(row);
  return { ...rest, 'router:external': network?.['router:external'] ?? false };
}

function create(call: Call, asked: JsonObject): Subnet {
  const network = networks(call.cloud).get(String(asked.network_id));
  if (network === undefined || !(isOwn(call, network) || isUsable(call, network))) {
    throw missingNetwork(String(asked.network_id));
  }
  // Zed lets whoever may use a shared network make subnets in it.
  if (!isOwn(call, network) && call.cloud.options.release === 'epoxy') throw forbidden('rule:create_subnet');
  return makeSubnet(call.cloud, network, asked);
}

/** Makes a subnet of checked attributes. */
export function makeSubnet(cloud: Cloud, network: Network, asked: JsonObject): Subnet {
  const block = blockOf(asked);
  const version = Number(asked.ip_version);
  refuseOverlap(cloud, network, block);
  refuseModes(asked, version);
  const gateway = gatewayOf(asked, block);
  const pools = poolsOf(asked.allocation_pools, block, gateway);
  const serviceTypes = serviceTypesOf(asked.service_types);
  refuseGatewayInPool(gateway, pools);
  const row: Subnet = {
    ...newRow(cloud, String(asked.project_id)),
    name: String(asked.name),
    description: asked.description ?? '',
    network_id: network.id,
    ip_version: version,
    cidr: formatBlock(block),
    subnetpool_id: null,
    gateway_ip: gateway,
    allocation_pools: pools,
    dns_nameservers: asked.dns_nameservers ?? [],
    host_routes: asked.host_routes ?? [],
    enable_dhcp: asked.enable_dhcp !== false,
    ipv6_ra_mode: asked.ipv6_ra_mode ?? null,
    ipv6_address_mode: typeof asked.ipv6_address_mode === 'string' ? asked.ipv6_address_mode : null,
    service_types: serviceTypes,
    segment_id: asked.segment_id ?? null,
  };
  if (serviceTypes.length > 0) row.revision_number = 1;
  subnets(cloud).set(row.id, row);
  touch(cloud, network);
  addToPorts(cloud, row);
  if (row.enable_dhcp) ensureDhcpPort(cloud, row);
  return row;
}

function blockOf(asked: JsonObject): Block {
  const { cidr } = asked;
  if (cidr === undefined || cidr === null)
    throw badRequest('subnets', 'a subnetpool must be specified in the absence of a cidr');
  const block = typeof cidr === 'string' && cidr.includes('/') ? parseBlock(cidr) : undefined;
  if (block === undefined) throw badInput(`${String(cidr)} is not in a CIDR format`);
  const version = Number(asked.ip_version);
  if (block.version !== version) throw badInput(`cidr '${String(cidr)}' does not match the ip_version '${version}'`);
  return block;
}

function refuseOverlap(cloud: Cloud, network: Network, block: Block): void {
  const taken = [...subnets(cloud).values()].some((each) => {
    const other = each.network_id === network.id ? parseBlock(each.cidr) : undefined;
    return other !== undefined && overlaps(other, block);
  });
  if (!taken) return;
  throw badInput(
    `Requested subnet with cidr: ${formatBlock(block)} for network: ${network.id} overlaps with another subnet`,
  );
}

const MODES = ['dhcpv6-stateful', 'dhcpv6-stateless', 'slaac'];

function refuseModes(asked: JsonObject, version: number): void {
  const { ipv6_ra_mode: ra, ipv6_address_mode: address } = asked;
  for (const [name, mode] of [
    ['ipv6_ra_mode', ra],
    ['ipv6_address_mode', address],
  ] as const) {
    if (mode === undefined || mode === null) continue;
    if (!MODES.includes(String(mode))) throw badAttribute(name, `${String(mode)} is not in valid_values.`);
    if (version === 4) throw badInput(`${name} is not valid when ip_version is 4`);
    if (asked.enable_dhcp === false) {
      throw badInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
    }
  }
  if (typeof ra === 'string' && typeof address === 'string' && ra !== address) {
    throw badInput(
      `ipv6_ra_mode set to '${ra}' with ipv6_address_mode set to '${address}' is not valid. If both attributes are set, they must be the same value`,
    );
  }
}

/** Not asked for: the first address of an IPv4 block, the block's own address of an IPv6 one. Null: no gateway. */
function gatewayOf(asked: JsonObject, block: Block): string | null {
  const { gateway_ip: gateway } = asked;
  if (gateway === null) return null;
  if (typeof gateway !== 'string') {
    return formatAddress({ version: block.version, value: block.version === 4 ? block.first + 1n : block.first });
  }
  refuseGateway(gateway, block);
  return canonical(gateway);
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : formatAddress(address);
}

/** A gateway may lie outside the block; inside, it may not be its network or broadcast address. */
function refuseGateway(gateway: string, block: Block): void {
  const address = parseAddress(gateway);
  if (address === undefined || !contains(block, address) || block.version === 6 || block.prefix >= 31) return;
  if (address.value === block.first || address.value === block.last) throw badInput('Gateway is not valid on subnet');
}

function poolsOf(asked: Json | undefined, block: Block, gateway: string | null): Pool[] {
  if (!Array.isArray(asked)) return defaultPools(block, gateway);
  const pools = asked.map((each) => readPool(each));
  for (const pool of pools) if (!isInside(pool, block)) throw outOfBounds(pool, block);
  const sorted = [...pools].sort((a, b) => (valueOf(a.start) < valueOf(b.start) ? -1 : 1));
  sorted.forEach((pool, index) => {
    const next = sorted[index + 1];
    if (next !== undefined && valueOf(next.start) <= valueOf(pool.end)) throw overlapping(pool, next, block);
  });
  return pools;
}

function readPool(value: Json): Pool {
  const { start, end } = isObject(value) ? value : {};
  const [from, to] = [parseAddress(String(start)), parseAddress(String(end))];
  if (typeof start !== 'string' || typeof end !== 'string' || from === undefined || to === undefined) {
    throw badAttribute('allocation_pools', `Invalid data format for IP pool: '${pythonic(value)}'.`);
  }
  if (from.version !== to.version || from.value > to.value) {
    throw new Refusal(400, `The allocation pool ${pythonic(value)} is not valid.`, 'InvalidAllocationPool');
  }
  return { start: formatAddress(from), end: formatAddress(to) };
}

function valueOf(text: string): bigint {
  return parseAddress(text)?.value ?? 0n;
}

/** First and last address that hosts may have: without network and broadcast of IPv4, without the network of IPv6. */
function hostsOf(block: Block): { first: bigint; last: bigint } {
  const bits = block.version === 4 ? 32 : 128;
  if (block.prefix >= bits - 1) return { first: block.first, last: block.last };
  return { first: block.first + 1n, last: block.version === 4 ? block.last - 1n : block.last };
}

function isInside(pool: Pool, block: Block): boolean {
  const hosts = hostsOf(block);
  const version = parseAddress(pool.start)?.version;
  return version === block.version && valueOf(pool.start) >= hosts.first && valueOf(pool.end) <= hosts.last;
}

function outOfBounds(pool: Pool, block: Block): Refusal {
  return new Refusal(
    400,
    `The allocation pool ${pool.start}-${pool.end} spans beyond the subnet cidr ${formatBlock(block)}.`,
    'OutOfBoundsAllocationPool',
  );
}

function overlapping(a: Pool, b: Pool, block: Block): Refusal {
  const both = `${a.start}-${a.end} ${b.start}-${b.end}`;
  return conflict(
    'OverlappingAllocationPools',
    `Found overlapping allocation pools: ${both} for subnet ${formatBlock(block)}.`,
  );
}

/** All addresses for hosts but the gateway: one pool, or two around it. */
function defaultPools(block: Block, gateway: string | null): Pool[] {
  const { first, last } = hostsOf(block);
  const own = gateway === null ? undefined : parseAddress(gateway)?.value;
  const text = (value: bigint): string => formatAddress({ version: block.version, value });
  const inside = own !== undefined && own >= first && own <= last ? own : undefined;
  const ranges: [bigint, bigint][] =
    inside === undefined
      ? [[first, last]]
      : [
          [first, inside - 1n],
          [inside + 1n, last],
        ];
  return ranges.filter(([from, to]) => from <= to).map(([from, to]) => ({ start: text(from), end: text(to) }));
}

function refuseGatewayInPool(gateway: string | null, pools: readonly Pool[]): void {
  if (gateway === null) return;
  const value = valueOf(gateway);
  const pool = pools.find((each) => valueOf(each.start) <= value && value <= valueOf(each.end));
  const sameFamily = pool !== undefined && parseAddress(pool.start)?.version === parseAddress(gateway)?.version;
  if (pool === undefined || !sameFamily) return;
  throw conflict(
    'GatewayConflictWithAllocationPools',
    `Gateway ip ${gateway} conflicts with allocation pool ${pool.start}-${pool.end}.`,
  );
}

function serviceTypesOf(asked: Json | undefined): string[] {
  if (!Array.isArray(asked)) return [];
  for (const each of asked) {
    if (typeof each === 'string' && /^(network|compute):|^(baremetal|trunk|Octavia):?/.test(each)) continue;
    throw new Refusal(
      400,
      `Subnet service type ${String(each)} does not correspond to a valid device owner.`,
      'InvalidSubnetServiceType',
    );
  }
  return asked.map(String);
}

/** Ports that exist get an address of a new SLAAC subnet at once. */
function addToPorts(cloud: Cloud, row: Subnet): void {
  if (!isSlaac(row)) return;
  for (const port of ports(cloud).values()) {
    if (port.network_id !== row.network_id || port.device_owner.startsWith('network:router')) continue;
    const fixedIp = allocate(cloud, row, port.mac_address);
    port.fixed_ips = [...port.fixed_ips, fixedIp];
    touch(cloud, port);
  }
}

/** True for a subnet in which hosts give themselves their addresses. */
export function isSlaac(row: Subnet): boolean {
  return row.ipv6_address_mode === 'slaac' || row.ipv6_address_mode === 'dhcpv6-stateless';
}

function update(call: Call, row: Subnet, asked: JsonObject): void {
  const { cloud } = call;
  const block = parseBlock(row.cidr);
  if (block === undefined) throw missingSubnet(row.id);
  const pools =
    asked.allocation_pools === undefined
      ? row.allocation_pools
      : poolsOf(asked.allocation_pools, block, row.gateway_ip);
  const gateway = asked.gateway_ip === undefined ? row.gateway_ip : gatewayOf(asked, block);
  refuseGatewayInPool(gateway, pools);
  const isTakenAway = gateway === null && cloud.options.release === 'zed';
  if (gateway !== row.gateway_ip && !isTakenAway) refuseUsedGateway(cloud, row);
  const { service_types: serviceTypes, ...rest } = asked;
  Object.assign(row, rest, { gateway_ip: gateway, allocation_pools: pools });
  if (serviceTypes !== undefined) row.service_types = serviceTypesOf(serviceTypes);
  if (asked.enable_dhcp === true) ensureDhcpPort(cloud, row);
  if (asked.enable_dhcp === false) dropDhcpPortFrom(cloud, row);
}

/** A gateway whose address a router's port has may not be changed; Zed still lets it be taken away (null). */
function refuseUsedGateway(cloud: Cloud, row: Subnet): void {
  const user = [...ports(cloud).values()].find(
    (port) =>
      port.device_owner.startsWith('network:router_interface') &&
      port.fixed_ips.some((each) => each.subnet_id === row.id && each.ip_address === row.gateway_ip),
  );
  if (user === undefined || row.gateway_ip === null) return;
  throw conflict(
    'GatewayIpInUse',
    `Current gateway ip ${row.gateway_ip} already in use by port ${user.id}. Unable to update.`,
  );
}

function remove(cloud: Cloud, row: Subnet): void {
  const users = [...ports(cloud).values()].filter((port) => port.fixed_ips.some((each) => each.subnet_id === row.id));
  if (users.some((port) => keeps(port, row))) {
    throw conflict(
      'SubnetInUse',
      `Unable to complete operation on subnet ${row.id}: One or more ports have an IP allocation from this subnet.`,
    );
  }
  for (const port of users) port.fixed_ips = port.fixed_ips.filter((each) => each.subnet_id !== row.id);
  dropDhcpPortFrom(cloud, row);
  subnets(cloud).delete(row.id);
  const network = networks(cloud).get(row.network_id);
  if (network !== undefined) touch(cloud, network);
}

/** A port keeps a subnet from being deleted, unless neutron made the port itself or its address there is its own (SLAAC). */
function keeps(port: Port, row: Subnet): boolean {
  if (port.device_owner === 'network:dhcp') return false;
  return !isSlaac(row) || port.device_owner.startsWith('network:router');
}
