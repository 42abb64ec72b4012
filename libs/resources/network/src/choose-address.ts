import type { Step } from '@osm/resource';
import { FloatingIpSource } from './floating-ip-source.ts';
import { isWithin } from './is-within.ts';
import { listNeutron } from './neutron-requests.ts';

/**
 * Finds out whether the source's address can be had: it must lie in a subnet of the network's twin (a registered one may
 * have another range), and nobody may have it. Otherwise the pool gives one, and `why` says so.
 */
export const chooseAddress: Step = {
  name: 'choose-address',
  when: (_attributes, policy) => policy.multitenant_mode && policy.preserve_port_floating_ip_address,
  run: async ({ attributes, destination, signal, twinOf }) => {
    const { floating_network_id, floating_ip_address: address } = FloatingIpSource.parse(attributes);
    const network_id = twinOf({ type: 'network', id: floating_network_id });
    // Without it there is no pool to look into: `create` says so.
    if (network_id === undefined) return { address: 'kept' };
    const subnets = await listNeutron(destination, 'subnets', { network_id }, signal);
    const fitting = subnets.find(({ cidr, gateway_ip }) => isWithin(address, [String(cidr)]) && gateway_ip !== address);
    if (fitting === undefined)
      return { address: 'own', why: `no subnet of network ${network_id} has room for ${address}` };
    const query = { network_id, fixed_ips: `ip_address=${address}` };
    const [holder] = await listNeutron(destination, 'ports', query, signal);
    if (holder === undefined) return { address: 'kept' };
    return { address: 'own', why: `port ${String(holder['id'])} has ${address} already` };
  },
};
