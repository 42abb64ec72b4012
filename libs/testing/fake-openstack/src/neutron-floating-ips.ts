import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';
import { parseAddress } from './neutron-addresses.ts';
import { floatingIpAttributes } from './neutron-attributes.ts';
import { networkKind, refuseQos } from './neutron-networks.ts';
import { forgetPort, makePort, missingPort } from './neutron-ports.ts';
import { badRequest, conflict } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import { visible } from './neutron-resource.ts';
import { gatewayOf, interfacesOf } from './neutron-routers.ts';
import type { FixedIp, FloatingIp, Port } from './neutron-rows.ts';
import { floatingIps, isOwn, newRow, ports, routers, standardView, subnets } from './neutron-rows.ts';

/** Floating IPs. A tied one is DOWN in the answer that tied it, ACTIVE when next read; an untied one the other way round. */
export const floatingIpKind: Kind<FloatingIp> = {
  singular: 'floatingip',
  collection: 'floatingips',
  path: 'floatingips',
  attributes: floatingIpAttributes,
  quota: 'floatingip',
  rows: floatingIps,
  missing: (id) => new Refusal(404, `Floating IP ${id} could not be found`, 'FloatingIPNotFound'),
  view,
  isShared: () => false,
  create,
  update,
  remove,
  settle: (call) => {
    if (call.method !== 'GET') return;
    for (const row of floatingIps(call.cloud).values()) row.status = row.port_id === null ? 'DOWN' : 'ACTIVE';
  },
};

function view(call: Call, row: FloatingIp): JsonObject {
  const { subnet_id: _subnet, port_of_address: _port, ...rest } = standardView(row);
  const port = row.port_id === null ? undefined : ports(call.cloud).get(row.port_id);
  return { ...rest, port_details: port === undefined ? null : detailsOf(port), port_forwardings: [] };
}

function detailsOf(port: Port): JsonObject {
  const { name, network_id, mac_address, admin_state_up, status, device_id, device_owner } = port;
  return { name, network_id, mac_address, admin_state_up, status, device_id, device_owner };
}

function create(call: Call, asked: JsonObject): FloatingIp {
  const { cloud } = call;
  const network = visible(call, networkKind, String(asked.floating_network_id));
  if (!network['router:external'])
    throw badRequest('floatingip', `Network ${network.id} is not a valid external network`);
  refuseQos(cloud, asked.qos_policy_id);
  const tied = tie(call, network.id, asked, undefined);
  const outside = makePort(cloud, network, {
    device_owner: 'network:floatingip',
    ...addressAsked(cloud, asked, network.id),
  });
  outside.status = 'N/A';
  const row: FloatingIp = {
    ...newRow(cloud, String(asked.project_id)),
    description: asked.description ?? '',
    floating_ip_address: outside.fixed_ips[0]?.ip_address ?? '',
    floating_network_id: network.id,
    ...tied,
    status: 'DOWN',
    qos_policy_id: asked.qos_policy_id ?? null,
    dns_name: asked.dns_name ?? '',
    dns_domain: asked.dns_domain ?? '',
    port_of_address: outside.id,
  };
  outside.device_id = row.id;
  floatingIps(cloud).set(row.id, row);
  return row;
}

/** Floating IPs are IPv4: without wishes, the first IPv4 subnet serves. */
function addressAsked(cloud: Cloud, asked: JsonObject, networkId: string): JsonObject {
  const { floating_ip_address: address, subnet_id: subnetId } = asked;
  if (typeof address === 'string') {
    return {
      fixed_ips: [
        typeof subnetId === 'string' ? { subnet_id: subnetId, ip_address: address } : { ip_address: address },
      ],
    };
  }
  if (typeof subnetId === 'string') return { fixed_ips: [{ subnet_id: subnetId }] };
  const subnet = [...subnets(cloud).values()].find((each) => each.network_id === networkId && each.ip_version === 4);
  if (subnet === undefined) {
    throw badRequest('floatingip', `Network ${networkId} does not contain any IPv4 subnet`);
  }
  return { fixed_ips: [{ subnet_id: subnet.id }] };
}

/** Where a floating IP leads. */
interface Tie {
  readonly port_id: string | null;
  readonly fixed_ip_address: string | null;
  readonly router_id: string | null;
}

function tie(call: Call, networkId: string, asked: JsonObject, self: FloatingIp | undefined): Tie {
  const { cloud } = call;
  const { port_id: portId, fixed_ip_address: address } = asked;
  if (typeof portId !== 'string') {
    if (typeof address === 'string')
      throw badRequest('floatingip', 'fixed_ip_address cannot be specified without a port_id');
    return { port_id: null, fixed_ip_address: null, router_id: null };
  }
  const port = ports(cloud).get(portId);
  if (port === undefined || !isOwn(call, port)) throw missingPort(portId);
  const fixedIp = fixedIpOf(port, address);
  refuseTied(cloud, networkId, port, fixedIp, self);
  return {
    port_id: port.id,
    fixed_ip_address: fixedIp.ip_address,
    router_id: routerBetween(cloud, networkId, port, fixedIp),
  };
}

function fixedIpOf(port: Port, address: Json | undefined): FixedIp {
  const four = port.fixed_ips.filter((each) => parseAddress(each.ip_address)?.version === 4);
  const [first] = four;
  if (typeof address === 'string') {
    const chosen = four.find((each) => each.ip_address === address);
    if (chosen !== undefined) return chosen;
    throw badRequest('floatingip', `Port ${port.id} does not have fixed ip ${address}`);
  }
  if (first === undefined) {
    throw badRequest('floatingip', `Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`);
  }
  if (four.length > 1) {
    throw badRequest(
      'floatingip',
      `Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`,
    );
  }
  return first;
}

function refuseTied(cloud: Cloud, networkId: string, port: Port, fixedIp: FixedIp, self: FloatingIp | undefined): void {
  const taken = [...floatingIps(cloud).values()].some(
    (each) =>
      each.id !== self?.id &&
      each.floating_network_id === networkId &&
      each.port_id === port.id &&
      each.fixed_ip_address === fixedIp.ip_address,
  );
  if (!taken) return;
  const who = self === undefined ? 'floating IP' : `floating IP ${self.floating_ip_address} (${self.id})`;
  throw conflict(
    'FloatingIPPortAlreadyAssociated',
    `Cannot associate ${who} with port ${port.id} using fixed IP ${fixedIp.ip_address}, as that fixed IP already has a floating IP on external network ${networkId}.`,
  );
}

/** The router that stands in the port's subnet and has its gateway in the floating IP's network. */
function routerBetween(cloud: Cloud, networkId: string, port: Port, fixedIp: FixedIp): string {
  const router = [...routers(cloud).values()].find(
    (each) =>
      gatewayOf(cloud, each.id)?.network_id === networkId &&
      interfacesOf(cloud, each.id).some((face) => face.fixed_ips.some((ip) => ip.subnet_id === fixedIp.subnet_id)),
  );
  if (router !== undefined) return router.id;
  throw new Refusal(
    404,
    `External network ${networkId} is not reachable from subnet ${fixedIp.subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
    'ExternalGatewayForFloatingIPNotFound',
  );
}

function update(call: Call, row: FloatingIp, asked: JsonObject): void {
  refuseQos(call.cloud, asked.qos_policy_id);
  const { port_id: portId, fixed_ip_address: address, ...rest } = asked;
  if (portId !== undefined || address !== undefined) {
    const given = {
      port_id: portId === undefined ? row.port_id : portId,
      ...(address === undefined ? {} : { fixed_ip_address: address }),
    };
    Object.assign(row, tie(call, row.floating_network_id, given, row));
  }
  Object.assign(row, rest);
}

function remove(call: Call, row: FloatingIp): void {
  floatingIps(call.cloud).delete(row.id);
  forgetPort(call.cloud, String(row.port_of_address));
}
