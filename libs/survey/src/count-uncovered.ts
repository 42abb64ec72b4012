import type { UncoveredKind, UncoveredReport } from '@osm/contracts';
import { isFailure } from '@osm/kernel';
import type { Cloud, ListOptions } from '@osm/resource';
import { catalogueOf } from './catalogue.ts';
import { uncoveredPlaces, type UncoveredPlace } from './uncovered-kinds.ts';

/**
 * Counts what a cloud has and this build does not migrate, with paged lists and nothing else. What cannot be listed is told
 * with its reason and hides no other. Raises where the cloud does not sign us in.
 */
export const countUncovered = async (
  cloud: Cloud,
  { multitenant, signal }: { readonly multitenant: boolean; readonly signal?: AbortSignal },
): Promise<UncoveredReport> => {
  const { unused } = await catalogueOf(cloud);
  const kinds: UncoveredKind[] = [];
  for (const place of uncoveredPlaces) kinds.push(...(await counted(cloud, place, multitenant, signal)));
  return { cloud: cloud.name, kinds, services: unused };
};

/** Nothing where the cloud cannot have such things. */
const counted = async (
  cloud: Cloud,
  place: UncoveredPlace,
  multitenant: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly UncoveredKind[]> => {
  const { kind, service, path } = place;
  try {
    if (!(await cloud.has(service))) return [];
    if (place.extension !== undefined && !(await cloud.extensions()).has(place.extension)) return [];
    const things = cloud.list(service, path, optionsOf(place, multitenant), signal);
    let count = 0;
    for await (const _ of things) count += 1;
    return [{ kind, service, count, why: null }];
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [{ kind, service, count: null, why: error.message }];
  }
};

const optionsOf = ({ key, everything, microversion }: UncoveredPlace, multitenant: boolean): ListOptions => ({
  key,
  ...(multitenant && everything !== undefined ? { query: everything } : {}),
  ...(microversion === undefined ? {} : { microversion }),
});
