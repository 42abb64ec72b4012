import { createHash } from 'node:crypto';
import { routeKey, type Route } from './route.ts';

/**
 * The text by which our own twin is recognised at the destination: a digest of route, type and source id, but not of
 * plan or attempt, so that a later plan finds what an earlier one lost. 27 characters, fit for every field we put it in.
 */
export const marker = (route: Route, type: string, sourceId: string, step = 'create'): string => {
  const text = [routeKey(route), type, sourceId, step].join('\n');
  return `osm-${createHash('sha256').update(text).digest('hex').slice(0, 23)}`;
};

/** A UUID made of a marker, for the types whose id we may choose (Glance images). */
export const markerId = (marker: string): string => {
  const hex = createHash('sha256').update(marker).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
};

/** What every marker begins with: the namespace that orphan scans look for. */
export const markerPrefix = 'osm-';
