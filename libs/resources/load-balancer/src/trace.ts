import { digest } from '@osm/kernel';

/**
 * The tag that the create request carries until the twin is known for certain: the same each time, another one for each
 * original, and it tells nothing of the original's id.
 */
export const traceOf = ({ id }: { readonly id: string }): string =>
  `osm-${digest({ type: 'load-balancer', id })
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 23)}`;
