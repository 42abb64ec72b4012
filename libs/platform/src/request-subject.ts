import type { RequestName } from '@osm/contracts';

/** The subject (and Nest pattern) of a request: `osm.req.planner.draft`. */
export const requestSubject = (name: RequestName): string => `osm.req.${name}`;
