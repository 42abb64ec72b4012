import type { Resource } from '@osm/resource';
import { flavor } from './flavor.ts';
import { keypair } from './keypair.ts';

export { flavor, keypair };

/** The resource types of Nova that are no instances. */
export const computeResources: readonly Resource[] = [flavor, keypair];
