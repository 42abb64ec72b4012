import type { Call, Cloud, Json, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { contains, overlaps, parseAddress, parseBlock } from './neutron-addresses.ts';
import { routerAttributes } from './neutron-attributes.ts';
import { networkKind } from './neutron-networks.ts';
import { forgetPort, makePort, missingPort } from './neutron-ports.ts';
import { badAttribute, badForm, badRequest, conflict, forbidden, pythonic } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import { owned, shown, visible } from './neutron-resource.ts';
import type { FixedIp, Network, Port, Router, Subnet } from './neutron-rows.ts';
import { floatingIps, isOwn, networks, newRow, ports, routers, standardView, subnets, touch } from './neutron-rows.ts';
import { missingSubnet } from './neutron-subnets.ts';

const INTERFACE = 'network:router_interface';
const GATEWAY = 'network:router_gateway';

/** Routers. */
export const routerKind: Kind<Router> = {
  singular: 'router',
  collection: 'routers',
  path: 'routers',
  attributes: routerAttributes,
  quota: 'router',
  rows: routers,
  missing: missingRouter,
  view,
  isShared: () => false,
  create,
  update,
  remove: (call, row) => remove(call.cloud, row),
};

/** What is done with a router beyond the five usual requests. */
export const routerActions: readonly Route[] = [
  { method: 'PUT', path: '/v2.0/routers/:id/add_router_interface', handle: addInterface },
  { method: 'PUT', path: '/v2.0/routers/:id/remove_router_interface', handle: removeInterface },
  { method: 'PUT', path: '/v2.0/routers/:id/add_extraroutes', handle: (call) => changeRoutes(call, 'add') },
  { method: 'PUT', path: '/v2.0/routers/:id/remove_extraroutes', handle: (call) => changeRoutes(call, 'remove') },
];

function missingRouter(id: string): Refusal {
  return new Refusal(404, `Router ${id} could not be found`, 'RouterNotFound');
}

/** The ports by which a router stands in its networks; not the one of its gateway. */
export function interfacesOf(cloud: Cloud, routerId: string): Port[] {
  return [...ports(cloud).values()].filter((port) => port.device_id === routerId && port.device_owner === INTERFACE);
}

/** The port of a router's gateway, when it has one. */
export function gatewayOf(cloud: Cloud, routerId: string): Port | undefined {
  return [...ports(cloud).values()].find((port) => port.device_id === routerId && port.device_owner === GATEWAY);
}

function view(call: Call, row: Router): JsonObject {
  const { enable_snat: snat, ...rest } = standardView(row);
  const gateway = gatewayOf(call.cloud, row.id);
  const isScheduled =
    gateway !== undefined || interfacesOf(call.cloud, row.id).length > 0 || row.was_scheduled === true;
  if (isScheduled && call.method !== 'POST') row.was_scheduled = true;
  return {
    ...rest,
    external_gateway_info:
      gateway === undefined
        ? null
        : {
            network_id: gateway.network_id,
            external_fixed_ips: gateway.fixed_ips.map((each) => ({ ...each })),
            enable_snat: snat ?? true,
          },
    availability_zones: isScheduled && call.method !== 'POST' ? ['nova'] : [],
    conntrack_helpers: [],
  };
}

function create(call: Call, asked: JsonObject): Router {
  const { cloud } = call;
  const gateway = gatewayAsked(call, asked.external_gateway_info, 'create');
  refuseZones(asked.availability_zone_hints);
  const row: Router = {
    ...newRow(cloud, String(asked.project_id)),
    name: String(asked.name),
    description: asked.description ?? '',
    admin_state_up: asked.admin_state_up !== false,
    status: 'ACTIVE',
    distributed: asked.distributed === true,
    ha: asked.ha === true,
    flavor_id: null,
    availability_zone_hints: zonesOf(asked.availability_zone_hints),
    routes: [],
    enable_snat: true,
    revision_number: 1,
  };
  routers(cloud).set(row.id, row);
  try {
    if (gateway !== undefined) setGateway(cloud, row, gateway);
  } catch (error) {
    routers(cloud).delete(row.id);
    throw error;
  }
  return row;
}

function zonesOf(hints: Json | undefined): Json[] {
  return Array.isArray(hints) && hints.length > 0 ? hints : ['nova'];
}

function refuseZones(hints: Json | undefined): void {
  const unknown = Array.isArray(hints) ? hints.find((hint) => hint !== 'nova') : undefined;
  if (unknown === undefined) return;
  throw new Refusal(404, `AvailabilityZone ${String(unknown)} could not be found.`, 'AvailabilityZoneNotFound');
}

/** A gateway as asked for. */
interface Gateway {
  readonly network: Network;
  readonly fixedIps: Json | undefined;
  readonly snat: boolean | undefined;
}

/** Undefined when no gateway is asked for: null, `{}`, or no attribute at all. */
function gatewayAsked(call: Call, info: Json | undefined, verb: 'create' | 'update'): Gateway | undefined {
  if (!isObject(info) || Object.keys(info).length === 0) return undefined;
  const { network_id: networkId, external_fixed_ips: fixedIps, enable_snat: snat } = info;
  if (typeof networkId !== 'string') {
    throw badAttribute(
      'external_gateway_info',
      `Validation of dictionary's keys failed. Expected keys: {'network_id'}`,
    );
  }
  refusePrivileged(call, info, verb);
  const network = visible(call, networkKind, networkId);
  if (!network['router:external']) throw badRequest('router', `Network ${networkId} is not an external network`);
  return {
    network,
    fixedIps,
    snat: snat === undefined || snat === null ? undefined : snat === true || snat === 'true',
  };
}

function refusePrivileged(call: Call, info: JsonObject, verb: 'create' | 'update'): void {
  const denied = ['enable_snat', 'external_fixed_ips'].find((name) => info[name] !== undefined);
  if (call.context.isAdmin || denied === undefined) return;
  const rule = `rule:${verb}_router`;
  const info_ = `${rule}:external_gateway_info`;
  throw forbidden(`(${rule} and (${info_} and (${info_}:network_id and ${info_}:${denied})))`);
}

function setGateway(cloud: Cloud, row: Router, gateway: Gateway): void {
  const existing = gatewayOf(cloud, row.id);
  if (gateway.snat !== undefined) row.enable_snat = gateway.snat;
  if (existing?.network_id === gateway.network.id && gateway.fixedIps === undefined) return;
  if (existing !== undefined && existing.network_id !== gateway.network.id) refuseFloating(cloud, row, existing);
  if (existing !== undefined) forgetPort(cloud, existing.id);
  const asked: JsonObject = { device_id: row.id, device_owner: GATEWAY };
  // The gateway's port belongs to nobody, so that the owner of the router cannot touch it.
  if (gateway.fixedIps !== undefined && gateway.fixedIps !== null) asked.fixed_ips = gateway.fixedIps;
  const port = makePort(cloud, gateway.network, asked);
  port.status = 'ACTIVE';
  touch(cloud, row);
}

function refuseFloating(cloud: Cloud, row: Router, gateway: Port): void {
  const isNeeded = [...floatingIps(cloud).values()].some((each) => each.router_id === row.id);
  if (!isNeeded) return;
  throw conflict(
    'RouterExternalGatewayInUseByFloatingIp',
    `Gateway cannot be updated for router ${row.id}, since a gateway to external network ${gateway.network_id} is required by one or more floating IPs.`,
  );
}

function update(call: Call, row: Router, asked: JsonObject): void {
  const { cloud } = call;
  const { external_gateway_info: info, routes, ...rest } = asked;
  const nextRoutes = routes === undefined ? undefined : checkedRoutes(cloud, row, routes);
  if (info !== undefined) {
    const gateway = gatewayAsked(call, info, 'update');
    const existing = gatewayOf(cloud, row.id);
    if (gateway !== undefined) setGateway(cloud, row, gateway);
    else if (existing !== undefined) {
      refuseFloating(cloud, row, existing);
      forgetPort(cloud, existing.id);
      row.enable_snat = true;
    }
  }
  if (rest.distributed !== undefined && rest.distributed !== row.distributed && row.admin_state_up === true) {
    throw badRequest(
      'router',
      'Cannot upgrade active router to distributed. Please set router admin_state_up to False prior to upgrade',
    );
  }
  Object.assign(row, rest);
  if (nextRoutes !== undefined) row.routes = nextRoutes;
}

type RouteRow = { destination: string; nexthop: string };

function checkedRoutes(cloud: Cloud, row: Router, asked: Json): RouteRow[] {
  const routes = Array.isArray(asked) ? asked.filter(isObject).map(asRoute) : [];
  const attached = attachedPorts(cloud, row);
  const own = attached.flatMap((port) => port.fixed_ips).map((each) => each.ip_address);
  const blocks = attached.flatMap((port) => port.fixed_ips).map((each) => blockOf(cloud, each));
  for (const { nexthop } of routes) {
    const address = parseAddress(nexthop);
    const isConnected =
      address !== undefined && blocks.some((block) => block !== undefined && contains(block, address));
    if (!isConnected) throw badRoutes(routes, 'the nexthop is not connected with router');
    if (own.includes(nexthop)) throw badRoutes(routes, 'the nexthop is used by router');
  }
  return routes;
}

function asRoute(each: JsonObject): RouteRow {
  return { destination: String(each.destination), nexthop: String(each.nexthop) };
}

function badRoutes(routes: readonly RouteRow[], reason: string): Refusal {
  return new Refusal(400, `Invalid format for routes: ${pythonic(routes)}, ${reason}`, 'InvalidRoutes');
}

function attachedPorts(cloud: Cloud, row: Router): Port[] {
  const gateway = gatewayOf(cloud, row.id);
  return [...interfacesOf(cloud, row.id), ...(gateway === undefined ? [] : [gateway])];
}

function blockOf(cloud: Cloud, fixedIp: FixedIp): ReturnType<typeof parseBlock> {
  return parseBlock(subnets(cloud).get(fixedIp.subnet_id)?.cidr ?? '');
}

function remove(cloud: Cloud, row: Router): void {
  const interfaces = interfacesOf(cloud, row.id);
  if (interfaces.length > 0) {
    const list = interfaces.map((port) => port.id).join(', ');
    throw conflict('RouterInUse', `Router ${row.id} has ports still attached: ${list}`);
  }
  const gateway = gatewayOf(cloud, row.id);
  if (gateway !== undefined) {
    refuseFloating(cloud, row, gateway);
    forgetPort(cloud, gateway.id);
  }
  routers(cloud).delete(row.id);
}

function routerOf(call: Call): Router {
  return owned(call, routerKind, 'update', call.params.id ?? '');
}

function addInterface(call: Call): Reply {
  const row = routerOf(call);
  const { subnet_id: subnetId, port_id: portId } = isObject(call.body) ? call.body : {};
  if (subnetId === undefined && portId === undefined)
    throw badRequest('router', 'Either subnet_id or port_id must be specified');
  if (subnetId !== undefined && portId !== undefined)
    throw badRequest('router', 'Cannot specify both subnet-id and port-id');
  const port = typeof portId === 'string' ? addPort(call, row, portId) : addSubnet(call, row, String(subnetId));
  touch(call.cloud, row);
  return {
    status: 200,
    body: interfaceBody(
      row,
      port,
      port.fixed_ips.map((each) => each.subnet_id),
    ),
  };
}

function interfaceBody(row: Router, port: Port, subnetIds: readonly string[]): JsonObject {
  return {
    id: row.id,
    tenant_id: row.project_id,
    port_id: port.id,
    network_id: port.network_id,
    subnet_id: subnetIds.at(-1) ?? null,
    subnet_ids: [...subnetIds],
  };
}

function addPort(call: Call, row: Router, portId: string): Port {
  const { cloud } = call;
  const port = ports(cloud).get(portId);
  if (port === undefined || !isOwn(call, port)) throw missingPort(portId);
  if (port.device_id !== '') {
    throw conflict(
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`,
    );
  }
  if (port.fixed_ips.length === 0) throw badRequest('router', 'Router port must have at least one fixed IP');
  for (const each of port.fixed_ips) refuseSubnet(cloud, row, subnetRow(cloud, each.subnet_id));
  Object.assign(port, { device_id: row.id, device_owner: INTERFACE, status: 'ACTIVE' });
  touch(cloud, port);
  return port;
}

function subnetRow(cloud: Cloud, id: string): Subnet {
  const row = subnets(cloud).get(id);
  if (row === undefined) throw missingSubnet(id);
  return row;
}

/** A router takes the gateway's address of a subnet, or its interface is not made. */
function addSubnet(call: Call, row: Router, subnetId: string): Port {
  const { cloud } = call;
  const subnet = subnetRow(cloud, subnetId);
  const network = networks(cloud).get(subnet.network_id);
  if (network === undefined || !(isOwn(call, subnet) || network.shared)) throw missingSubnet(subnetId);
  if (subnet.gateway_ip === null) throw badRequest('router', 'Subnet for router interface must have a gateway IP');
  refuseSubnet(cloud, row, subnet);
  const port = makePort(cloud, network, {
    project_id: row.project_id,
    device_id: row.id,
    device_owner: INTERFACE,
    fixed_ips: [{ subnet_id: subnet.id, ip_address: subnet.gateway_ip }],
  });
  port.status = 'ACTIVE';
  return port;
}

function refuseSubnet(cloud: Cloud, row: Router, subnet: Subnet): void {
  const block = parseBlock(subnet.cidr);
  for (const each of attachedPorts(cloud, row).flatMap((port) => port.fixed_ips)) {
    if (each.subnet_id === subnet.id) throw badRequest('router', `Router already has a port on subnet ${subnet.id}`);
    const other = subnets(cloud).get(each.subnet_id);
    const otherBlock = parseBlock(other?.cidr ?? '');
    if (other === undefined || block === undefined || otherBlock === undefined || !overlaps(block, otherBlock))
      continue;
    throw badRequest(
      'router',
      `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`,
    );
  }
}

function removeInterface(call: Call): Reply {
  const { cloud } = call;
  const row = routerOf(call);
  const { subnet_id: subnetId, port_id: portId } = isObject(call.body) ? call.body : {};
  if (subnetId === undefined && portId === undefined)
    throw badRequest('router', 'Either subnet_id or port_id must be specified');
  const port = interfacesOf(cloud, row.id).find((each) =>
    portId === undefined ? each.fixed_ips.some((ip) => ip.subnet_id === subnetId) : each.id === portId,
  );
  if (port === undefined) throw noInterface(row, subnetId, portId);
  const ids = port.fixed_ips.map((each) => each.subnet_id);
  for (const id of ids) refuseNeeded(cloud, row, subnetRow(cloud, id));
  forgetPort(cloud, port.id);
  touch(cloud, row);
  return { status: 200, body: interfaceBody(row, port, ids) };
}

function noInterface(row: Router, subnetId: Json | undefined, portId: Json | undefined): Refusal {
  if (portId !== undefined) {
    return new Refusal(
      404,
      `Router ${row.id} does not have an interface with id ${String(portId)}`,
      'RouterInterfaceNotFound',
    );
  }
  return new Refusal(
    404,
    `Router ${row.id} has no interface on subnet ${String(subnetId)}`,
    'RouterInterfaceNotFoundForSubnet',
  );
}

function refuseNeeded(cloud: Cloud, row: Router, subnet: Subnet): void {
  const block = parseBlock(subnet.cidr);
  const inside = (text: string | null): boolean => {
    const address = text === null ? undefined : parseAddress(text);
    return address !== undefined && block !== undefined && contains(block, address);
  };
  const start = `Router interface for subnet ${subnet.id} on router ${row.id} cannot be deleted, as it is required by one or more`;
  if (row.routes.some((route) => inside(route.nexthop))) {
    throw conflict('RouterInterfaceInUseByRoute', `${start} routes.`);
  }
  const floating = [...floatingIps(cloud).values()].some(
    (each) => each.router_id === row.id && inside(each.fixed_ip_address),
  );
  if (floating) throw conflict('RouterInterfaceInUseByFloatingIP', `${start} floating IPs.`);
}

function changeRoutes(call: Call, how: 'add' | 'remove'): Reply {
  const row = routerOf(call);
  const inner = isObject(call.body) ? call.body.router : undefined;
  if (!isObject(inner) || !Array.isArray(inner.routes)) throw badForm(`Unable to find 'router' in request body`);
  const asked = inner.routes.filter(isObject).map(asRoute);
  const same = (a: RouteRow, b: RouteRow): boolean => a.destination === b.destination && a.nexthop === b.nexthop;
  const rest = row.routes.filter((each) => !asked.some((other) => same(each, other)));
  row.routes = how === 'remove' ? rest : checkedRoutes(call.cloud, row, [...rest, ...asked]);
  touch(call.cloud, row);
  return { status: 200, body: { router: shown(call, routerKind, row) } };
}
