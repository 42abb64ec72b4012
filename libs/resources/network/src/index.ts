import type { Resource } from '@osm/resource';
import { addressGroup } from './address-group.ts';
import { floatingIp } from './floating-ip.ts';
import { network } from './network.ts';
import { port } from './port.ts';
import { router } from './router.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupRule } from './security-group-rule.ts';
import { subnet } from './subnet.ts';

export { addressGroup, floatingIp, network, port, router, securityGroup, securityGroupRule, subnet };

/** The resource types of Neutron, in an order in which they can be made. */
export const networkResources: readonly Resource[] = [
  network,
  subnet,
  router,
  securityGroup,
  addressGroup,
  securityGroupRule,
  port,
  floatingIp,
];
