import { digest } from './json.ts';
import type { Ref } from './ref.ts';

/**
 * The tag that a create request carries until the twin is known for certain, where a marker has no place: the same each
 * time, another one for each original, and it tells nothing of the original's id. 27 characters, as a marker has.
 */
export const traceOf = ({ type, id }: Ref): string =>
  `osm-${digest({ type, id })
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 23)}`;
