import { equalJson, Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Step, StepContext } from '@osm/resource';
import { isWithin } from './is-within.ts';
import { sameGateway } from './router-comparison.ts';
import { listInterfaces } from './router-interfaces.ts';
import { gatewayAddresses, RouterSource, type RouterAttributes } from './router-source.ts';

/**
 * Ties the twin to what its source is tied to, as far as that has twins: gateway, interfaces, routes. Looks first at what
 * is there, so it may run at any time again, and later for what is still `pending`.
 */
export const connectRouter: Step = {
  name: 'connect',
  afterLinks: true,
  run: async (context) => {
    const s = RouterSource.parse(context.attributes);
    const address = await connectGateway(context, s);
    const interfaces = await connectInterfaces(context, s);
    const pendingRoutes = await setRoutes(context, s);
    return { address, ...interfaces, pending_routes: pendingRoutes };
  },
};

type Fixed = { readonly subnet_id: string; readonly ip_address: string };

/** Says whose address the gateway has: the source's, or the destination's `own` where that one cannot be had. */
const connectGateway = async (context: StepContext, s: RouterAttributes): Promise<'kept' | 'own' | 'none'> => {
  const gateway = s.external_gateway_info;
  const network_id = gateway == null ? undefined : context.twinOf({ type: 'network', id: gateway.network_id });
  if (gateway == null || network_id === undefined) return 'none';
  const { multitenant_mode: isAdmin, preserve_router_ip } = context.policy;
  // Only an administrator may choose an address, or say whether addresses are translated.
  const wanted: JsonObject = {
    network_id,
    ...(isAdmin && gateway.enable_snat !== undefined ? { enable_snat: gateway.enable_snat } : {}),
  };
  const addresses = isAdmin && preserve_router_ip ? await fittingAddresses(context, s) : [];
  const has = (await readTwin(context))['external_gateway_info'];
  if (addresses.length > 0) {
    const exact = { ...wanted, external_fixed_ips: addresses.map((one) => ({ ...one })) };
    if (sameGateway(exact, has) || (await isGiven(context, exact))) return 'kept';
  }
  if (!sameGateway(wanted, has)) await changeTwin(context, { external_gateway_info: wanted });
  return 'own';
};

/** False where somebody else has the address already. */
const isGiven = async (context: StepContext, gateway: JsonObject): Promise<boolean> => {
  try {
    await changeTwin(context, { external_gateway_info: gateway });
    return true;
  } catch (error) {
    if (isFailure(error) && error.code === 'conflict') return false;
    throw error;
  }
};

/** The source's addresses outside, if each of them lies in the twin of its subnet: a registered one may have another range. */
const fittingAddresses = async (context: StepContext, s: RouterAttributes): Promise<readonly Fixed[]> => {
  const addresses = await Promise.all(
    gatewayAddresses(s).map(async ({ subnet_id, ip_address }) => {
      const twin = context.twinOf({ type: 'subnet', id: subnet_id });
      if (twin === undefined) return [];
      const { cidr, gateway_ip } = await readSubnet(context, twin);
      const fits = isWithin(ip_address, [String(cidr)]) && gateway_ip !== ip_address;
      return fits ? [{ subnet_id: twin, ip_address }] : [];
    }),
  );
  return addresses.every((found) => found.length > 0) ? addresses.flat() : [];
};

const connectInterfaces = async (context: StepContext, s: RouterAttributes): Promise<JsonObject> => {
  const id = twinId(context);
  const tied = (await listInterfaces(context.destination, id, context.signal)).get(id) ?? [];
  const wanted = s.interfaces.map(({ subnet_id, ip_address }) => ({
    source: subnet_id,
    subnet_id: context.twinOf({ type: 'subnet', id: subnet_id }),
    ip_address,
  }));
  for (const { subnet_id, ip_address } of wanted) {
    if (subnet_id === undefined) continue;
    if (tied.some((one) => one.subnet_id === subnet_id && one.ip_address === ip_address)) continue;
    await connectSubnet(context, { subnet_id, ip_address });
  }
  await undressTied(context);
  return {
    connected: wanted.flatMap(({ subnet_id }) => (subnet_id === undefined ? [] : [subnet_id])),
    pending: wanted.flatMap(({ source, subnet_id }) => (subnet_id === undefined ? [source] : [])),
  };
};

/** By subnet where the router answers at the subnet's gateway address; by a port of its own at any other. */
const connectSubnet = async (context: StepContext, wanted: Fixed): Promise<void> => {
  const { gateway_ip, network_id } = await readSubnet(context, wanted.subnet_id);
  if (gateway_ip === wanted.ip_address) {
    await addInterface(context, { subnet_id: wanted.subnet_id });
    return;
  }
  const port_id = (await findPort(context, wanted)) ?? (await makePort(context, String(network_id), wanted));
  await addInterface(context, { port_id });
};

/** Ports of our own making, until they are tied. */
const listMarked = async (context: StepContext): Promise<readonly JsonObject[]> => {
  const query = { description: context.marker };
  const ports: JsonObject[] = [];
  for await (const port of context.destination.list('network', '/ports', { key: 'ports', query }, context.signal)) {
    ports.push(port);
  }
  return ports;
};

/** A port that an earlier run has made and not yet tied. */
const findPort = async (context: StepContext, wanted: Fixed): Promise<string | undefined> => {
  const found = (await listMarked(context)).find(
    ({ fixed_ips }) => Array.isArray(fixed_ips) && fixed_ips.some((one) => equalJson(one, wanted)),
  );
  return found === undefined ? undefined : String(found['id']);
};

/** A tied port is found by its router; it needs the marker no more. */
const undressTied = async (context: StepContext): Promise<void> => {
  const tied = (await listMarked(context)).filter(({ device_id }) => device_id === twinId(context));
  for (const { id } of tied) await send(context, 'PUT', `/ports/${String(id)}`, { port: { description: '' } });
};

const makePort = async (context: StepContext, network_id: string, wanted: Fixed): Promise<string> => {
  const project_id = (await readTwin(context))['project_id'];
  const port = {
    network_id,
    fixed_ips: [wanted],
    // Router interfaces have no security groups; without this the port would get the project's default one.
    security_groups: [],
    description: context.marker,
    ...(context.policy.multitenant_mode ? { project_id } : {}),
  };
  const answer = await send(context, 'POST', '/ports', { port });
  return String(inner(answer, 'port')['id']);
};

/** Neutron refuses a second one: whoever hears no answer looks which interfaces there are. */
const addInterface = async ({ destination, signal, ...context }: StepContext, body: JsonObject): Promise<void> => {
  const path = `/routers/${twinId(context)}/add_router_interface`;
  await destination.send('network', { method: 'PUT', path, body, repeatable: false }, signal);
};

/** Neutron takes a route only when its next hop is in reach; the others wait for their interface. */
const setRoutes = async (context: StepContext, s: RouterAttributes): Promise<readonly JsonObject[]> => {
  const routes = s.routes ?? [];
  if (routes.length === 0) return [];
  const reach = await cidrsInReach(context);
  const reachable = routes.filter(({ nexthop }) => isWithin(nexthop, reach));
  const has = (await readTwin(context))['routes'];
  if (!context.handler.same('routes', reachable, has)) await changeTwin(context, { routes: reachable });
  return routes.filter((route) => !reachable.includes(route));
};

const cidrsInReach = async (context: StepContext): Promise<readonly string[]> => {
  const id = twinId(context);
  const tied = (await listInterfaces(context.destination, id, context.signal)).get(id) ?? [];
  const gateway = (await readTwin(context))['external_gateway_info'];
  const outside = isJsonObject(gateway) ? gateway['external_fixed_ips'] : [];
  const ids = [...tied, ...(Array.isArray(outside) ? outside.filter(isJsonObject) : [])].map((one) =>
    String(one.subnet_id),
  );
  const subnets = await Promise.all([...new Set(ids)].map((subnetId) => readSubnet(context, subnetId)));
  return subnets.map(({ cidr }) => String(cidr));
};

const twinId = ({ destinationId, ref }: Pick<StepContext, 'destinationId' | 'ref'>): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot connect router ${ref.id}: it has no twin`, {
    remedy: 'Migrate the router first.',
  });
};

const readTwin = async (context: StepContext): Promise<JsonObject> =>
  inner(await send(context, 'GET', `/routers/${twinId(context)}`), 'router');

const changeTwin = (context: StepContext, router: JsonObject): Promise<JsonObject> =>
  send(context, 'PUT', `/routers/${twinId(context)}`, { router });

const readSubnet = async (context: StepContext, id: string): Promise<JsonObject> =>
  inner(await send(context, 'GET', `/subnets/${id}`), 'subnet');

const send = async (
  context: StepContext,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: JsonObject,
): Promise<JsonObject> => {
  const request = body === undefined ? { method, path } : { method, path, body };
  const answer = await context.destination.send('network', request, context.signal);
  return isJsonObject(answer.body) ? answer.body : {};
};

const inner = (answer: JsonObject, key: string): JsonObject => {
  const value = answer[key];
  if (isJsonObject(value)) return value;
  throw new Failure('unreadable-answer', `cannot read the answer of the networking service: no ${key} in it`, {
    remedy: 'The endpoint may not be the networking service that the catalogue says it is.',
  });
};
