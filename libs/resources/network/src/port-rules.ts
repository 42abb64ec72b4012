import type { JsonObject } from '@osm/kernel';

/** What a port's owner, name or device begins with, and what that means for the port. */
export interface PortRule {
  readonly attribute: 'device_owner' | 'device_id' | 'name';
  /** The beginning of the attribute; empty text stands for an attribute that is empty. */
  readonly begins: string;
  readonly isCopied: boolean;
  readonly why: string;
}

/**
 * Whose ports are copied, the first rule that fits decides. A port of a server is copied whether its server is still there
 * or not: Neutron cannot tell, and an address too many is freed more easily than one that a guest has lost is found again.
 */
export const portRules: readonly PortRule[] = [
  no('device_owner', 'network:', 'Neutron makes it itself: DHCP, routers, gateways, floating and local IPs, VPN'),
  no('device_owner', 'neutron:', 'Neutron makes it itself: L2 gateways and service segments'),
  no('device_owner', 'Octavia', 'Octavia makes the ports of its load balancers'),
  no('device_owner', 'ovn-lb', 'the OVN provider makes the ports of its load balancers'),
  no('device_id', 'lb-', 'it is the address of a load balancer, whoever owns it'),
  no('name', 'octavia-lb-', 'it is the address of a load balancer, or the way to one of its amphorae'),
  no('name', 'octavia-health-manager', 'the way from Octavia to its amphorae'),
  no('name', 'ovn-lb-vip-', 'it is the address of a load balancer of the OVN provider'),
  no('name', 'ovn-lb-hm-', 'it is what a load balancer of the OVN provider looks at its members from'),
  no('device_owner', 'trunk:', 'a subport comes with its trunk, and trunks are not migrated yet'),
  no('device_owner', 'manila:', 'Manila makes the ports of its share servers'),
  no('device_owner', 'baremetal:', 'Ironic makes the ports of its machines for as long as it needs them'),
  no('device_owner', 'kuryr:', 'Kuryr makes the ports of its containers'),
  no('device_owner', 'compute:kuryr', 'Kuryr makes the ports of its containers'),
  { attribute: 'device_owner', begins: 'compute:', isCopied: true, why: 'it is an interface of a server' },
  { attribute: 'device_owner', begins: '', isCopied: true, why: 'its tenant made it, and keeps an address with it' },
];

const unknownOwner = {
  isCopied: false,
  why: 'a service that we do not know owns it, and makes it again itself',
} as const;

/** What the rules say about a port, as its raw attributes have it. */
export const ruleOf = (port: JsonObject): Pick<PortRule, 'isCopied' | 'why'> =>
  portRules.find(({ attribute, begins }) => {
    const value = typeof port[attribute] === 'string' ? port[attribute] : '';
    return begins === '' ? value === '' : value.startsWith(begins);
  }) ?? unknownOwner;

function no(attribute: PortRule['attribute'], begins: string, why: string): PortRule {
  return { attribute, begins, isCopied: false, why };
}
