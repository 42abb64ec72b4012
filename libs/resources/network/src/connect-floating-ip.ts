import { equalJson, Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Step, StepContext } from '@osm/resource';
import { balancerOf, FloatingIpSource, type FloatingIpAttributes } from './floating-ip-source.ts';
import { readNeutron, twinIdOf } from './neutron-requests.ts';
import { fixedIpsOf } from './port-relations.ts';

/**
 * Ties the twin to the twin of what its source is tied to, at the same one of its addresses. Looks first at what is there,
 * so it may run at any time again, and later for what has no twin yet.
 */
export const connectFloatingIp: Step = {
  name: 'connect',
  afterLinks: true,
  run: async (context) => {
    const s = FloatingIpSource.parse(context.attributes);
    const { port_id: sourcePort, fixed_ip_address } = s;
    if (sourcePort === null || fixed_ip_address === null) return untied;
    const port_id = await twinPort(context, s, sourcePort);
    if (port_id === undefined) return { ...untied, pending: sourcePort };
    const wanted = { port_id, fixed_ip_address: await twinAddress(context, sourcePort, port_id, fixed_ip_address) };
    const path = `/floatingips/${twinIdOf(context, 'connect')}`;
    const has = await readNeutron(context.destination, path, 'floatingip', context.signal);
    const isTied = equalJson(wanted, { port_id: has['port_id'], fixed_ip_address: has['fixed_ip_address'] });
    if (!isTied) await tie(context, s, path, wanted);
    return wanted;
  },
};

const untied = { port_id: null, fixed_ip_address: null };

/** The port at the destination: the twin of a tenant's port, or the one that Octavia made for the twin of a balancer. */
const twinPort = async (
  { twinOf, destination, signal }: StepContext,
  s: FloatingIpAttributes,
  sourcePort: string,
): Promise<string | undefined> => {
  const balancer = balancerOf(s);
  if (balancer === undefined) return twinOf({ type: 'port', id: sourcePort });
  const twin = twinOf({ type: 'load-balancer', id: balancer });
  if (twin === undefined) return undefined;
  const { body } = await destination.send(
    'load-balancer',
    { method: 'GET', path: `/lbaas/loadbalancers/${twin}` },
    signal,
  );
  const shown = isJsonObject(body) ? body['loadbalancer'] : undefined;
  const port = isJsonObject(shown) ? shown['vip_port_id'] : undefined;
  return typeof port === 'string' ? port : undefined;
};

/** The same address; where addresses are not kept, the one that stands where the source's stands in its subnet. */
const twinAddress = async (
  { source, destination, signal, twinOf }: StepContext,
  sourcePort: string,
  port: string,
  address: string,
): Promise<string> => {
  const theirs = fixedIpsOf(await readNeutron(destination, `/ports/${port}`, 'port', signal));
  if (theirs.some(({ ip_address }) => ip_address === address)) return address;
  const ours = fixedIpsOf(await readNeutron(source, `/ports/${sourcePort}`, 'port', signal));
  const subnet = ours.find(({ ip_address }) => ip_address === address)?.['subnet_id'];
  const place = ours
    .filter(({ subnet_id }) => subnet_id === subnet)
    .findIndex(({ ip_address }) => ip_address === address);
  const twinSubnet = typeof subnet === 'string' ? twinOf({ type: 'subnet', id: subnet }) : undefined;
  const found = theirs.filter(({ subnet_id }) => subnet_id === twinSubnet)[place] ?? onlyOne(theirs);
  if (found !== undefined) return String(found['ip_address']);
  throw new Failure(
    'no-address',
    `cannot tell which address of port ${port} stands for ${address} of port ${sourcePort}`,
    {
      remedy: 'Tie the floating IP at the destination by hand, or migrate the port with preserve_port_fixed_ips.',
    },
  );
};

const onlyOne = (addresses: readonly JsonObject[]): JsonObject | undefined => {
  const four = addresses.filter(({ ip_address }) => !String(ip_address).includes(':'));
  return four.length === 1 ? four[0] : undefined;
};

const tie = async (context: StepContext, s: FloatingIpAttributes, path: string, wanted: JsonObject): Promise<void> => {
  try {
    const request = { method: 'PUT', path, body: { floatingip: wanted } } as const;
    await context.destination.send('network', request, context.signal);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'not-found') throw error;
    const what = `cannot tie floating-ip ${s.id} (${s.floating_ip_address}) to port ${String(wanted['port_id'])}`;
    const router = s.router_id === null ? 'the router' : `router ${s.router_id}`;
    throw new Failure('not-connected', `${what}: no router leads from its subnet to the network outside`, {
      remedy: `Migrate ${router} once more, now that the subnet is there: that ties them. Then retry.`,
      cause: error,
    });
  }
};
