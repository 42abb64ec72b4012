import type { PlanRequest } from '@osm/contracts';

/**
 * Whether a plan of this request deletes what counts: originals, or twins again. Where it does, a second person may have to
 * agree, and whoever runs it over HTTP needs a token that may clean up.
 */
export const deletes = ({ intent, cleanUp }: Pick<PlanRequest, 'intent' | 'cleanUp'>): boolean =>
  intent !== 'migrate' || cleanUp === 'after-migration';
