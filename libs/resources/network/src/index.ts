import type { Resource } from '@osm/resource';
import { network } from './network.ts';
import { router } from './router.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupRule } from './security-group-rule.ts';
import { subnet } from './subnet.ts';

export { network, router, securityGroup, securityGroupRule, subnet };

/** The resource types of Neutron, in an order in which they can be made. */
export const networkResources: readonly Resource[] = [network, subnet, router, securityGroup, securityGroupRule];
