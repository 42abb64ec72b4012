import { createHash } from 'node:crypto';
import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { contains, eui64, formatAddress, parseAddress, parseBlock } from './neutron-addresses.ts';
import { portAttributes } from './neutron-attributes.ts';
import { isUsable, missingNetwork, refuseQos } from './neutron-networks.ts';
import { badAttribute, conflict, forbidden, pythonic } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import type { FixedIp, Network, Port, Subnet } from './neutron-rows.ts';
import { floatingIps, isOwn, networks, newRow, ports, standardView, subnets, touch } from './neutron-rows.ts';
import { defaultSecurityGroup, missingSecurityGroup } from './neutron-security-groups.ts';
import { securityGroups } from './neutron-rows.ts';

/** Ports. A port is visible to its owner and to the owner of its network. */
export const portKind: Kind<Port> = {
  singular: 'port',
  collection: 'ports',
  path: 'ports',
  attributes: portAttributes,
  quota: 'port',
  rows: ports,
  missing: missingPort,
  view,
  isShared: (call, row) => networks(call.cloud).get(row.network_id)?.project_id === call.context.projectId,
  create,
  update,
  remove: (call, row) => removePort(call.cloud, row),
};

/** 404 of a port. */
export function missingPort(id: string): Refusal {
  return new Refusal(404, `Port ${id} could not be found.`, 'PortNotFound');
}

function create(call: Call, asked: JsonObject): Port {
  const network = networks(call.cloud).get(String(asked.network_id));
  if (network === undefined || !(isOwn(call, network) || isUsable(call, network))) {
    throw missingNetwork(String(asked.network_id));
  }
  refuseNetworkOwnersOnly(call, network, asked);
  refuseProfile(call, asked, 'create');
  return makePort(call.cloud, network, asked);
}

/** From 2023.2 on only services, Nova above all, may write a binding profile. */
function refuseProfile(call: Call, asked: JsonObject, doing: 'create' | 'update'): void {
  if (call.cloud.options.release === 'zed' || asked['binding:profile'] === undefined) return;
  throw forbidden(`(rule:${doing}_port and rule:${doing}_port:binding:profile)`);
}

/** What only the owner of the network may choose: the MAC address and the very IP address. */
function refuseNetworkOwnersOnly(call: Call, network: Network, asked: JsonObject): void {
  if (isOwn(call, network)) return;
  if (asked.mac_address !== undefined) throw forbidden('(rule:create_port and rule:create_port:mac_address)');
  const { fixed_ips: fixedIps } = asked;
  if (Array.isArray(fixedIps) && fixedIps.some((each) => isObject(each) && each.ip_address !== undefined)) {
    throw forbidden('(rule:create_port and (rule:create_port:fixed_ips and (rule:create_port:fixed_ips:ip_address)))');
  }
}

/**
 * Makes a port of checked attributes. Nova makes its servers' ports by this. `fixed_ips` absent takes one address of each
 * IP version; `[]` takes none.
 */
export function makePort(cloud: Cloud, network: Network, asked: JsonObject): Port {
  const mac = macOf(cloud, network, asked.mac_address);
  refuseQos(cloud, asked.qos_policy_id);
  const owner = String(asked.device_owner ?? '');
  const projectId = String(asked.project_id ?? '');
  const fixedIps = addressesFor(cloud, network, asked.fixed_ips, mac, owner);
  const isSecure =
    asked.port_security_enabled === undefined ? isSecured(network, owner) : asked.port_security_enabled === true;
  const hostId = asked['binding:host_id'] ?? '';
  const row: Port = {
    ...newRow(cloud, projectId),
    name: String(asked.name ?? ''),
    description: asked.description ?? '',
    network_id: network.id,
    mac_address: mac,
    admin_state_up: asked.admin_state_up !== false,
    status: hostId === '' ? 'DOWN' : 'ACTIVE',
    device_id: String(asked.device_id ?? ''),
    device_owner: owner,
    fixed_ips: fixedIps,
    allowed_address_pairs: pairsOf(asked.allowed_address_pairs, mac, isSecure),
    extra_dhcp_opts: optionsOf(asked.extra_dhcp_opts),
    security_groups: groupsOf(cloud, asked.security_groups, isSecure, projectId),
    'binding:vnic_type': asked['binding:vnic_type'] ?? 'normal',
    'binding:profile': asked['binding:profile'] ?? {},
    'binding:host_id': hostId,
    port_security_enabled: isSecure,
    qos_policy_id: asked.qos_policy_id ?? null,
    dns_name: asked.dns_name ?? '',
    dns_domain: asked.dns_domain ?? '',
    propagate_uplink_status: asked.propagate_uplink_status !== false,
    ip_allocation: Array.isArray(asked.fixed_ips) && asked.fixed_ips.length === 0 ? 'none' : 'immediate',
    revision_number: 1,
  };
  ports(cloud).set(row.id, row);
  return row;
}

/** Ports of neutron itself have no port security, whatever their network says. */
function isSecured(network: Network, owner: string): boolean {
  return network.port_security_enabled && !owner.startsWith('network:');
}

function macOf(cloud: Cloud, network: Network, asked: Json | undefined): string {
  const here = [...ports(cloud).values()].filter((port) => port.network_id === network.id);
  const isTaken = (mac: string): boolean => here.some((port) => port.mac_address === mac);
  if (typeof asked === 'string') {
    if (!isTaken(asked)) return asked;
    throw conflict(
      'MacAddressInUse',
      `Unable to complete operation for network ${network.id}. The mac address ${asked} is in use.`,
    );
  }
  for (;;) {
    const hex = createHash('sha256').update(cloud.newId()).digest('hex');
    const mac = `fa:16:3e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
    if (!isTaken(mac)) return mac;
  }
}

/** Subnets of a network that may serve a port of this owner: those for its kind first, else those for all. */
function subnetsFor(cloud: Cloud, network: Network, owner: string): Subnet[] {
  const here = networkSubnets(cloud, network);
  const own = here.filter((row) => row.service_types.includes(owner));
  return own.length > 0 ? own : here.filter((row) => row.service_types.length === 0);
}

function networkSubnets(cloud: Cloud, network: Network): Subnet[] {
  return [...subnets(cloud).values()].filter((row) => row.network_id === network.id);
}

function isSelfMade(row: Subnet): boolean {
  return row.ipv6_address_mode === 'slaac' || row.ipv6_address_mode === 'dhcpv6-stateless';
}

function addressesFor(
  cloud: Cloud,
  network: Network,
  asked: Json | undefined,
  mac: string,
  owner: string,
  before: readonly FixedIp[] = [],
): FixedIp[] {
  const candidates = subnetsFor(cloud, network, owner);
  const chosen = Array.isArray(asked)
    ? asked.map((each) => requested(cloud, network, each, mac, owner, before))
    : firstOfEach(cloud, network, candidates, mac);
  if (owner.startsWith('network:router')) return chosen;
  // Addresses of SLAAC come by themselves, asked for or not.
  const here = Array.isArray(asked) ? networkSubnets(cloud, network) : candidates;
  const rest = here.filter((row) => isSelfMade(row) && !chosen.some((each) => each.subnet_id === row.id));
  return [...chosen, ...rest.map((row) => allocate(cloud, row, mac))];
}

/** One address of each IP version, of the first subnet that has one left. */
function firstOfEach(cloud: Cloud, network: Network, candidates: readonly Subnet[], mac: string): FixedIp[] {
  return [4, 6].flatMap((version) => {
    const usable = candidates.filter((row) => row.ip_version === version && !isSelfMade(row));
    if (usable.length === 0) return [];
    for (const row of usable) {
      const free = freeAddress(cloud, row);
      if (free !== undefined) return [{ subnet_id: row.id, ip_address: free }];
    }
    return [exhausted(network, mac)];
  });
}

function exhausted(network: Network, _mac: string): never {
  throw conflict('IpAddressGenerationFailure', `No more IP addresses available on network ${network.id}.`);
}

function requested(
  cloud: Cloud,
  network: Network,
  each: Json,
  mac: string,
  owner: string,
  before: readonly FixedIp[],
): FixedIp {
  if (!isObject(each)) throw badAttribute('fixed_ips', `'${pythonic(each)}' is not a dictionary.`);
  const { subnet_id: subnetId, ip_address: text } = each;
  if (typeof subnetId !== 'string' && typeof text !== 'string') {
    throw new Refusal(400, 'IP allocation requires subnet_id or ip_address.', 'InvalidInput');
  }
  if (typeof text !== 'string') return allocate(cloud, subnetOf(cloud, network, String(subnetId)), mac);
  const address = parseAddress(text);
  if (address === undefined) throw badAttribute('fixed_ips', `'${text}' is not a valid IP address.`);
  const fits = (row: Subnet): boolean => {
    const block = parseBlock(row.cidr);
    return block !== undefined && contains(block, address);
  };
  if (typeof subnetId === 'string' && !fits(subnetOf(cloud, network, subnetId))) {
    throw new Refusal(400, `IP address ${text} is not a valid IP for the specified subnet.`, 'InvalidIpForSubnet');
  }
  const row = [...subnets(cloud).values()].find(
    (subnet) => subnet.network_id === network.id && (subnetId === undefined || subnetId === subnet.id) && fits(subnet),
  );
  if (row === undefined) {
    throw new Refusal(
      400,
      `IP address ${text} is not a valid IP for any of the subnets on the specified network.`,
      'InvalidIpForNetwork',
    );
  }
  const ip = formatAddress(address);
  const isKept = before.some((fixed) => fixed.ip_address === ip);
  if (isSelfMade(row) && !isKept && !owner.startsWith('network:router')) {
    throw new Refusal(
      400,
      `IPv6 address ${ip} cannot be directly assigned to a port on subnet ${row.id} as the subnet is configured for automatic addresses`,
      'AllocationOnAutoAddressSubnet',
    );
  }
  refuseTaken(cloud, row, ip);
  return { subnet_id: row.id, ip_address: ip };
}

function subnetOf(cloud: Cloud, network: Network, id: string): Subnet {
  const row = subnets(cloud).get(id);
  if (row === undefined) throw new Refusal(404, `Subnet ${id} could not be found.`, 'SubnetNotFound');
  if (row.network_id === network.id) return row;
  throw new Refusal(
    400,
    `Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${id}.`,
    'InvalidInput',
  );
}

function refuseTaken(cloud: Cloud, row: Subnet, ip: string): void {
  if (!usedIn(cloud, row).has(ip)) return;
  throw conflict('IpAddressAlreadyAllocated', `IP address ${ip} already allocated in subnet ${row.id}`);
}

function usedIn(cloud: Cloud, row: Subnet): Set<string> {
  const addresses = [...ports(cloud).values()].flatMap((port) => port.fixed_ips);
  return new Set(addresses.filter((each) => each.subnet_id === row.id).map((each) => each.ip_address));
}

function freeAddress(cloud: Cloud, row: Subnet): string | undefined {
  const used = usedIn(cloud, row);
  for (const pool of row.allocation_pools) {
    const [first, last] = [parseAddress(pool.start), parseAddress(pool.end)];
    if (first === undefined || last === undefined) continue;
    for (let value = first.value; value <= last.value; value += 1n) {
      const text = formatAddress({ version: first.version, value });
      if (!used.has(text)) return text;
    }
  }
  return undefined;
}

/** An address of a subnet: made of the MAC address where hosts make their own, else the lowest free one. */
export function allocate(cloud: Cloud, row: Subnet, mac: string): FixedIp {
  const block = parseBlock(row.cidr);
  if (isSelfMade(row) && block !== undefined) return { subnet_id: row.id, ip_address: eui64(block, mac) };
  const free = freeAddress(cloud, row);
  if (free === undefined) {
    throw conflict('IpAddressGenerationFailure', `No more IP addresses available on network ${row.network_id}.`);
  }
  return { subnet_id: row.id, ip_address: free };
}

function pairsOf(asked: Json | undefined, mac: string, isSecure: boolean): Json[] {
  if (!Array.isArray(asked) || asked.length === 0) return [];
  if (!isSecure) {
    throw conflict(
      'AddressPairAndPortSecurityRequired',
      'Port Security must be enabled in order to have allowed address pairs on a port.',
    );
  }
  return asked.map((each) => {
    const { ip_address: ip, mac_address: own } = isObject(each) ? each : {};
    if (typeof ip !== 'string' || parseBlock(ip) === undefined) {
      throw badAttribute('allowed_address_pairs', `'${String(ip)}' is not a valid IP subnet.`);
    }
    return { mac_address: typeof own === 'string' ? own : mac, ip_address: ip };
  });
}

function optionsOf(asked: Json | undefined): Json[] {
  if (!Array.isArray(asked)) return [];
  return asked
    .filter(isObject)
    .filter((each) => each.opt_value !== null)
    .map((each) => ({ opt_name: each.opt_name, opt_value: each.opt_value, ip_version: Number(each.ip_version ?? 4) }));
}

function groupsOf(cloud: Cloud, asked: Json | undefined, isSecure: boolean, projectId: string): string[] {
  if (!Array.isArray(asked)) return isSecure && projectId !== '' ? [defaultSecurityGroup(cloud, projectId).id] : [];
  const ids = [...new Set(asked.map(String))];
  if (ids.length > 0 && !isSecure) {
    throw new Refusal(
      400,
      'Port security must be enabled and port must have an IP address in order to use security groups.',
      'PortSecurityAndIPRequiredForSecurityGroups',
    );
  }
  for (const id of ids) if (!securityGroups(cloud).has(id)) throw missingSecurityGroup(id);
  if (new Set(ids.map((id) => securityGroups(cloud).get(id)?.stateful)).size > 1) {
    throw conflict(
      'SecurityGroupConflict',
      'Error Cannot apply both stateful and stateless security groups on the same port at the same time while attempting the operation.',
    );
  }
  return ids;
}

/** What the cloud adds to a port: how it is bound, and the names of its addresses. */
function view(call: Call, row: Port): JsonObject {
  const hostId = String(row['binding:host_id']);
  const bound = hostId !== '';
  const epoxy = call.cloud.options.release === 'epoxy' ? { bound_drivers: { '0': 'fake' } } : {};
  return {
    ...standardView(row),
    'binding:vif_type': bound ? 'ovs' : 'unbound',
    'binding:vif_details': bound ? { port_filter: true, ovs_hybrid_plug: false, ...epoxy } : {},
    qos_network_policy_id: networks(call.cloud).get(row.network_id)?.qos_policy_id ?? null,
    dns_assignment: row.fixed_ips.map((each) => assignment(call.cloud, row, each)),
    resource_request: null,
  };
}

function assignment(cloud: Cloud, row: Port, fixedIp: FixedIp): JsonObject {
  const name = String(row.dns_name);
  const hostname = name === '' ? `host-${fixedIp.ip_address.replaceAll(/[.:]/g, '-')}` : name;
  return { ip_address: fixedIp.ip_address, hostname, fqdn: `${hostname}.${cloud.options.name}.fake.` };
}

function update(call: Call, row: Port, asked: JsonObject): void {
  const { cloud } = call;
  const network = networks(cloud).get(row.network_id);
  if (network === undefined) throw missingNetwork(row.network_id);
  refuseQos(cloud, asked.qos_policy_id);
  refuseProfile(call, asked, 'update');
  const {
    fixed_ips: fixedIps,
    security_groups: groups,
    allowed_address_pairs: pairs,
    extra_dhcp_opts: options,
    ...rest
  } = asked;
  const isSecure =
    asked.port_security_enabled === undefined ? row.port_security_enabled : asked.port_security_enabled === true;
  refuseUnsecuring(row, isSecure, groups, pairs);
  const changed: Partial<Port> = {};
  if (groups !== undefined) changed.security_groups = groupsOf(cloud, groups, isSecure, row.project_id);
  if (pairs !== undefined) changed.allowed_address_pairs = pairsOf(pairs, row.mac_address, isSecure);
  if (options !== undefined) changed.extra_dhcp_opts = mergedOptions(row.extra_dhcp_opts, options);
  if (fixedIps !== undefined) changed.fixed_ips = movedAddresses(cloud, network, row, fixedIps);
  Object.assign(row, rest, changed);
  if (rest['binding:host_id'] !== undefined) row.status = row['binding:host_id'] === '' ? 'DOWN' : 'ACTIVE';
}

/** Port security goes only when groups and address pairs are gone, or go with it. */
function refuseUnsecuring(row: Port, isSecure: boolean, groups: Json | undefined, pairs: Json | undefined): void {
  if (isSecure) return;
  const left = (asked: Json | undefined, current: Json | undefined): number => {
    const value = asked === undefined ? current : asked;
    return Array.isArray(value) ? value.length : 0;
  };
  if (left(groups, row.security_groups) > 0) {
    throw conflict(
      'PortSecurityPortHasSecurityGroup',
      'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
    );
  }
  if (left(pairs, row.allowed_address_pairs) > 0) {
    throw conflict(
      'AddressPairAndPortSecurityRequired',
      'Port Security must be enabled in order to have allowed address pairs on a port.',
    );
  }
}

/** Options are changed one by one: given ones are set, a null value removes, others stay. */
function mergedOptions(current: Json | undefined, asked: Json): Json[] {
  const given = Array.isArray(asked) ? asked.filter(isObject) : [];
  const kept = (Array.isArray(current) ? current.filter(isObject) : []).filter(
    (each) => !given.some((other) => other.opt_name === each.opt_name),
  );
  return [...kept, ...optionsOf(asked)];
}

function movedAddresses(cloud: Cloud, network: Network, row: Port, asked: Json): FixedIp[] {
  const before = row.fixed_ips;
  row.fixed_ips = [];
  try {
    return addressesFor(
      cloud,
      network,
      Array.isArray(asked) ? asked.map((each) => kept(before, each)) : [],
      row.mac_address,
      row.device_owner,
      before,
    );
  } finally {
    row.fixed_ips = before;
  }
}

/** A subnet asked for without an address keeps the address that the port has there. */
function kept(before: readonly FixedIp[], asked: Json): Json {
  if (!isObject(asked) || asked.ip_address !== undefined) return asked;
  const same = before.find((each) => each.subnet_id === asked.subnet_id);
  return same === undefined ? asked : { ...same };
}

/** Removes a port; refused for ports that a router or a floating IP stands on. */
export function removePort(cloud: Cloud, row: Port): void {
  if (/^network:(router_(interface|gateway)|floatingip|ha_router)/.test(row.device_owner)) {
    throw conflict(
      'ServicePortInUse',
      `Port ${row.id} cannot be deleted directly via the port API: has device owner ${row.device_owner}.`,
    );
  }
  forgetPort(cloud, row.id);
}

/** Removes a port whatever it serves, and unties the floating IPs that led to it. */
export function forgetPort(cloud: Cloud, id: string): void {
  ports(cloud).delete(id);
  for (const each of floatingIps(cloud).values()) {
    if (each.port_id !== id) continue;
    Object.assign(each, { port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' });
    touch(cloud, each);
  }
}

/** The network's DHCP port serves each of its subnets with DHCP. It is made as the agent would make it, at once. */
export function ensureDhcpPort(cloud: Cloud, row: Subnet): void {
  const network = networks(cloud).get(row.network_id);
  if (network === undefined || network['router:external']) return;
  const existing = dhcpPort(cloud, row.network_id);
  if (existing === undefined) {
    const device = `dhcp${createHash('sha256').update(network.id).digest('hex').slice(0, 32)}-${network.id}`;
    const asked = {
      project_id: network.project_id,
      device_owner: 'network:dhcp',
      device_id: device,
      fixed_ips: [{ subnet_id: row.id }],
    };
    if (freeAddress(cloud, row) !== undefined || isSelfMade(row)) {
      makePort(cloud, network, { ...asked, 'binding:host_id': `${cloud.options.name}-network-1` });
    }
    return;
  }
  if (existing.fixed_ips.some((each) => each.subnet_id === row.id)) return;
  if (!isSelfMade(row) && freeAddress(cloud, row) === undefined) return;
  existing.fixed_ips = [...existing.fixed_ips, allocate(cloud, row, existing.mac_address)];
  touch(cloud, existing);
}

/** Takes a subnet from the network's DHCP port; the port goes with its last address. */
export function dropDhcpPortFrom(cloud: Cloud, row: Subnet): void {
  const existing = dhcpPort(cloud, row.network_id);
  if (existing === undefined) return;
  existing.fixed_ips = existing.fixed_ips.filter((each) => each.subnet_id !== row.id);
  if (existing.fixed_ips.length === 0) ports(cloud).delete(existing.id);
}

function dhcpPort(cloud: Cloud, networkId: string): Port | undefined {
  return [...ports(cloud).values()].find(
    (port) => port.network_id === networkId && port.device_owner === 'network:dhcp',
  );
}
