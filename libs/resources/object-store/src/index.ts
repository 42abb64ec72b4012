import type { Resource } from '@osm/resource';
import { objectContainer } from './object-container.ts';

export { attributesOf, headersOf } from './container-headers.ts';
export { objectContainer };

/** The resource types of Swift, in an order in which they can be made. */
export const objectStoreResources: readonly Resource[] = [objectContainer];
