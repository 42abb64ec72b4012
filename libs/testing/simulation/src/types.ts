import type { Resource } from '@osm/resource';
import { network, router, securityGroup, securityGroupRule, subnet } from '@osm/resources/network';
import { disk } from './disk.ts';
import { picture } from './picture.ts';
import { tenant } from './tenant.ts';

/** The resource types of a simulation: those of Neutron as they are, and small ones for what moves bytes. */
export const types: ReadonlyMap<string, Resource> = new Map(
  [tenant, network, subnet, router, securityGroup, securityGroupRule, picture, disk].map((type) => [type.type, type]),
);
