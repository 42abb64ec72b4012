import type { PastStep, Step, StepContext } from '@osm/resource';
import { readNeutron, twinIdOf } from './neutron-requests.ts';

/**
 * Whether the twin is made without DHCP, because a DHCP server takes the first address that it finds free, perhaps one that
 * a port has at the source. IPv6 modes cannot be set without DHCP, nor later: there `make-room` of the port helps.
 */
export const waitsForPorts = ({ enable_dhcp, ports, ipv6_address_mode, ipv6_ra_mode }: Served): boolean =>
  enable_dhcp === true &&
  Array.isArray(ports) &&
  ports.length > 0 &&
  (ipv6_address_mode ?? null) === null &&
  (ipv6_ra_mode ?? null) === null;

/** What is looked at of a subnet. */
interface Served {
  readonly enable_dhcp?: unknown;
  readonly ports?: unknown;
  readonly ipv6_address_mode?: unknown;
  readonly ipv6_ra_mode?: unknown;
}

/** Turns the DHCP of the twin on when those of its ports that are part of the plan have their addresses. */
export const turnOnDhcp: Step = {
  name: 'turn-on-dhcp',
  afterLinks: true,
  when: (attributes) => waitsForPorts(attributes),
  run: async (context) => {
    // Whoever was there before us has turned it off on purpose.
    if (wasThere(context)) return { turned_on: false };
    const path = `/subnets/${twinIdOf(context, 'turn on DHCP of')}`;
    const { destination, signal } = context;
    const { enable_dhcp } = await readNeutron(destination, path, 'subnet', signal);
    if (enable_dhcp === true) return { turned_on: false };
    await destination.send('network', { method: 'PUT', path, body: { subnet: { enable_dhcp: true } } }, signal);
    return { turned_on: true };
  },
};

const wasThere = ({ outputs, history }: StepContext): boolean => {
  const made = [...history.filter(isCreation).map((past) => past.outputs), outputs['create']].findLast(
    (one) => one !== undefined,
  );
  return made?.['how'] === 'reused';
};

const isCreation = ({ step, outcome }: PastStep): boolean => step === 'create' && outcome === 'succeeded';
