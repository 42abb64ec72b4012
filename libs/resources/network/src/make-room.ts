import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Step, StepContext } from '@osm/resource';
import { toAddress, toNumber } from './ip-numbers.ts';
import { listNeutron, readNeutron } from './neutron-requests.ts';
import { fixedIpsOf } from './port-relations.ts';
import { chosenAddresses, PortSource } from './port-source.ts';

/** Neutron's own servants in a network: they may be moved to another address while guests are served. */
const servants = ['network:dhcp', 'network:distributed'];

/**
 * Takes back from the DHCP servers of the destination what they took of their own accord: an address that the port has at
 * the source. A subnet that came earlier than its ports serves DHCP already, from any address that was free then.
 */
export const makeRoom: Step = {
  name: 'make-room',
  when: (attributes, { preserve_port_fixed_ips }) =>
    preserve_port_fixed_ips && Array.isArray(attributes['fixed_ips']) && attributes['fixed_ips'].length > 0,
  run: async (context) => {
    const s = PortSource.parse(context.attributes);
    const network_id = context.twinOf({ type: 'network', id: s.network_id });
    // Without it there is nothing to make room in: `create` says so.
    if (network_id === undefined) return { moved: [] };
    const wanted = new Set(
      chosenAddresses(s).map(({ subnet_id, ip_address }) =>
        keyOf({ subnet_id: context.twinOf({ type: 'subnet', id: subnet_id }) ?? null, ip_address }),
      ),
    );
    const { destination, signal } = context;
    const moved: string[] = [];
    for (const port of await listNeutron(destination, 'ports', { network_id, device_owner: servants }, signal)) {
      if (port['network_id'] !== network_id || !servants.includes(String(port['device_owner']))) continue;
      if (!fixedIpsOf(port).some((fixed) => wanted.has(keyOf(fixed)))) continue;
      const fixed_ips: JsonObject[] = [];
      for (const fixed of fixedIpsOf(port)) {
        fixed_ips.push(wanted.has(keyOf(fixed)) ? await elsewhere(context, s.network_id, network_id, fixed) : fixed);
      }
      const path = `/ports/${String(port['id'])}`;
      await destination.send('network', { method: 'PUT', path, body: { port: { fixed_ips } } }, signal);
      moved.push(String(port['id']));
    }
    return { moved };
  },
};

const keyOf = ({ subnet_id, ip_address }: JsonObject): string => `${String(subnet_id)} ${String(ip_address)}`;

/** An address of the same subnet that nobody has, on either side: the last one of its pools. */
const elsewhere = async (
  { source, destination, signal }: StepContext,
  sourceNetwork: string,
  twinNetwork: string,
  { subnet_id }: JsonObject,
): Promise<JsonObject> => {
  const subnet = await readNeutron(destination, `/subnets/${String(subnet_id)}`, 'subnet', signal);
  const fields = ['fixed_ips'];
  const ports = [
    ...(await listNeutron(source, 'ports', { network_id: sourceNetwork, fields }, signal)),
    ...(await listNeutron(destination, 'ports', { network_id: twinNetwork, fields }, signal)),
  ];
  const taken = new Set(ports.flatMap(fixedIpsOf).map(({ ip_address }) => toNumber(String(ip_address))));
  const pools = Array.isArray(subnet['allocation_pools']) ? subnet['allocation_pools'] : [];
  for (const pool of pools.filter(isJsonObject).toReversed()) {
    const [first, last] = [toNumber(String(pool['start'])), toNumber(String(pool['end']))];
    for (let number = last; number >= first; number--) {
      if (!taken.has(number))
        return { subnet_id: String(subnet_id), ip_address: toAddress(number, String(pool['end'])) };
    }
  }
  throw new Failure('no-address', `cannot move the DHCP server of subnet ${String(subnet_id)}: no address is free`, {
    remedy: 'Add a pool to the subnet, or turn its DHCP off until its ports are there; then retry.',
  });
};
