import type { Resource } from '@osm/resource';
import { flavor } from './flavor.ts';
import { instance } from './instance.ts';
import { keypair } from './keypair.ts';
import { serverGroup } from './server-group.ts';

export { flavor, instance, keypair, serverGroup };

/** The resource types of Nova. */
export const computeResources: readonly Resource[] = [flavor, keypair, serverGroup, instance];
