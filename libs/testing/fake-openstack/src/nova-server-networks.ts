import { isUuid } from './cinder-nova-validation.ts';
import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { isUsable } from './neutron-networks.ts';
import { forgetPort, makePort } from './neutron-ports.ts';
import type { Network, Port, SecurityGroup } from './neutron-rows.ts';
import { isOwn, networks, ports, securityGroups, subnets, touch } from './neutron-rows.ts';
import { defaultSecurityGroup } from './neutron-security-groups.ts';
import type { Nic, Server } from './nova-server-rows.ts';
import { computeHost } from './nova-server-rows.ts';

/** The network cards that a request asks for, in their order. */
export function nicsOf(call: Call, asked: Json | undefined): Nic[] {
  if (asked === 'none') return [];
  if (!Array.isArray(asked) || asked.length === 0) return onlyNetwork(call, asked === 'auto');
  const seen = new Set<string>();
  const cards = asked.filter(isObject).map((card) => {
    const { port, uuid } = card;
    if (typeof port === 'string') return requestedPort(card, port, seen);
    if (uuid === undefined) throw new Refusal(400, "Bad network format: missing 'uuid'");
    const id = String(uuid);
    if (!isUuid(id)) throw new Refusal(400, `Bad networks format: network uuid is not in proper format (${id})`);
    const address = typeof card.fixed_ip === 'string' ? card.fixed_ip : undefined;
    return { portId: undefined, networkId: id, address, tag: tagOf(card), isMade: true };
  });
  for (const card of cards) refuseCard(call, card);
  return cards;
}

function requestedPort(card: JsonObject, port: string, seen: Set<string>): Nic {
  if (seen.has(port)) {
    throw new Refusal(400, `Port ID '${port}' was specified twice: you cannot attach a port multiple times.`);
  }
  if (typeof card.fixed_ip === 'string') {
    const reason = 'the two cannot be specified together.';
    throw new Refusal(400, `Specified Fixed IP '${card.fixed_ip}' cannot be used with port '${port}': ${reason}`);
  }
  seen.add(port);
  return { portId: port, networkId: undefined, address: undefined, tag: tagOf(card), isMade: false };
}

function tagOf(card: JsonObject): string | null {
  return typeof card.tag === 'string' ? card.tag : null;
}

/** Without a wish a server gets a card in the only network that its project may use; several are ambiguous. */
function onlyNetwork(call: Call, isAuto: boolean): Nic[] {
  const { projectId } = call.context;
  const usable = [...networks(call.cloud).values()].filter(
    (row) => !row['router:external'] && (row.project_id === projectId || row.shared),
  );
  if (usable.length > 1) {
    throw new Refusal(409, 'Multiple possible networks found, use a Network ID to be more specific.');
  }
  const [network] = usable;
  if (network !== undefined) {
    return [{ portId: undefined, networkId: network.id, address: undefined, tag: null, isMade: true }];
  }
  if (!isAuto) return [];
  throw new Refusal(400, `Unable to automatically allocate a network for project ${projectId ?? ''}`);
}

function refuseCard(call: Call, card: Nic): void {
  const { portId, networkId = '' } = card;
  if (portId !== undefined) {
    const port = ports(call.cloud).get(portId);
    if (port === undefined || !isOwn(call, port)) throw new Refusal(400, `Port id ${portId} could not be found.`);
    if (port.device_id !== '') throw new Refusal(409, `Port ${portId} is still in use.`);
    return;
  }
  const network = networks(call.cloud).get(networkId);
  if (network === undefined || !(isOwn(call, network) || isUsable(call, network))) {
    throw new Refusal(400, `Network ${networkId} could not be found.`);
  }
  if (network['router:external'] && !network.shared && !call.context.isAdmin) {
    throw new Refusal(403, `It is not allowed to create an interface on external network ${networkId}`);
  }
  if (![...subnets(call.cloud).values()].some((subnet) => subnet.network_id === networkId)) {
    throw new Refusal(400, `Network ${networkId} requires a subnet in order to boot instances on.`);
  }
}

/** Ids of the security groups that a request names. */
export function securityGroupsOf(call: Call, asked: Json | undefined): string[] {
  const names = Array.isArray(asked) ? asked.filter(isObject).map((each) => String(each.name)) : [];
  const own = [...securityGroups(call.cloud).values()].filter((group) => group.project_id === call.context.projectId);
  const { cloud, context } = call;
  return [...new Set(names)].map((name) =>
    name === 'default' ? defaultSecurityGroup(cloud, context.projectId ?? '').id : namedGroup(own, name).id,
  );
}

function namedGroup(own: readonly SecurityGroup[], name: string): SecurityGroup {
  const byId = own.find((group) => group.id === name);
  const named = own.filter((group) => group.name === name);
  if (byId === undefined && named.length > 1) {
    const reason = `Multiple security_group matches found for name '${name}', use an ID to be more specific.`;
    throw new Refusal(409, reason);
  }
  const found = byId ?? named[0];
  if (found !== undefined) return found;
  throw new Refusal(400, `Unable to find security_group with name or id '${name}'`);
}

/**
 * Binds a server's ports to its host, in the order of its cards, and makes those that it asked for by network. Throws a
 * refusal where a port cannot be used: the build fails then.
 */
export function plug(cloud: Cloud, server: Server): void {
  for (const nic of server.nics) {
    if (nic.portId === undefined) nic.portId = madePort(cloud, server, nic);
    else bind(cloud, server, nic.portId);
  }
}

function madePort(cloud: Cloud, server: Server, nic: Nic): string {
  const network = networks(cloud).get(nic.networkId ?? '');
  if (network === undefined) throw new Refusal(404, `Network ${nic.networkId ?? ''} could not be found.`);
  refuseName(server, server.hostname);
  const asked: JsonObject = { ...bindingOf(cloud, server), project_id: server.projectId, dns_name: server.hostname };
  if (nic.address !== undefined) asked.fixed_ips = [{ ip_address: nic.address }];
  if (server.securityGroups.length > 0 && network.port_security_enabled)
    asked.security_groups = [...server.securityGroups];
  return makePort(cloud, network, asked).id;
}

function bindingOf(cloud: Cloud, server: Server): JsonObject {
  return { device_id: server.id, device_owner: 'compute:nova', 'binding:host_id': computeHost(cloud) };
}

function bind(cloud: Cloud, server: Server, portId: string): void {
  const port = ports(cloud).get(portId);
  if (port === undefined) throw new Refusal(404, `Port id ${portId} could not be found.`);
  if (port.device_id !== '') throw new Refusal(409, `Port ${portId} is still in use.`);
  const name = String(port.dns_name);
  if (name !== '' && name !== server.hostname) {
    const reason = `Value ${name} assigned to dns_name attribute does not match instance's hostname ${server.hostname}`;
    throw new Refusal(400, `Port ${portId} not usable for instance ${server.id}. ${reason}`);
  }
  refuseName(server, server.hostname);
  Object.assign(port, bindingOf(cloud, server), { status: 'ACTIVE', dns_name: server.hostname });
  touch(cloud, port);
}

/** Neutron takes as a port's name only what DNS takes; Nova asks for the server's host name all the same. */
function refuseName(server: Server, name: string): void {
  if (name.split('.').every((label) => /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(label))) return;
  throw new Refusal(
    400,
    `Invalid input for dns_name of server ${server.id}. Reason: '${name}' not a valid PQDN or FQDN.`,
  );
}

/** Frees a server's ports, and deletes those that Nova made. */
export function unplug(cloud: Cloud, server: Server): void {
  for (const { portId, isMade } of server.nics) {
    const port = ports(cloud).get(portId ?? '');
    if (port?.device_id !== server.id) continue;
    if (isMade) forgetPort(cloud, port.id);
    else release(cloud, port);
  }
}

/** Makes a port free for another server. Its DNS name goes too, whoever set it. */
function release(cloud: Cloud, port: Port): void {
  const free = { device_id: '', device_owner: '', 'binding:host_id': '', 'binding:profile': {}, dns_name: '' };
  Object.assign(port, free, { status: 'DOWN' });
  touch(cloud, port);
}

/** A server's ports in the order of its cards. */
export function portsOf(cloud: Cloud, server: Server): Port[] {
  return server.nics.flatMap(({ portId }) => {
    const port = ports(cloud).get(portId ?? '');
    return port?.device_id === server.id ? [port] : [];
  });
}

/** The network of a port. */
export function networkOf(cloud: Cloud, port: Port): Network | undefined {
  return networks(cloud).get(port.network_id);
}
