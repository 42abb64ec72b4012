import type { Resource } from '@osm/resource';
import { secret } from './secret.ts';
import { secretContainer } from './secret-container.ts';

export { hrefOf, keyManagerRoot, refOfHref, type Referable } from './href.ts';
export { secret, secretContainer };

/** The resource types of Barbican, in an order in which they can be made. */
export const keyManagerResources: readonly Resource[] = [secret, secretContainer];
