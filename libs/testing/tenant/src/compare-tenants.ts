import { equalJson } from '@osm/kernel';
import { findLeftovers } from './find-leftovers.ts';
import type { Thing } from './picture/thing.ts';
import { readTenant, type Side } from './read-tenant.ts';

export interface Comparison {
  readonly source: Side;
  readonly destination: Side;
  readonly prefix: string;
  /** Volume types whose twin a person registered: the destination's name by the source's. */
  readonly volumeTypes?: { readonly [name: string]: string };
}

/**
 * Says in words how a tenant differs between two clouds, and what a migration has left behind on either; [] where it
 * does not and has not. It asks the clouds only: where a thing's twin is, it finds out by the thing's natural place.
 */
export const compareTenants = async (comparison: Comparison): Promise<readonly string[]> => {
  const { source, destination, prefix, volumeTypes = {} } = comparison;
  const [originals, twins] = await Promise.all([readTenant(source, prefix), readTenant(destination, prefix)]);
  return [
    ...(originals.length === 0 ? [`${source.cloud.name} has no tenant ${prefix}acme`] : []),
    ...differences(
      originals.map((thing) => withTypeOf(thing, volumeTypes)),
      twins,
    ),
    ...(await findLeftovers(source.cloud)),
    ...(await findLeftovers(destination.cloud)),
  ];
};

/** The thing with its volume type named as at the destination. */
export const withTypeOf = (thing: Thing, names: { readonly [name: string]: string }): Thing => {
  const name = thing.type === 'volume' ? thing.looks['volume_type'] : undefined;
  if (typeof name !== 'string') return thing;
  return { ...thing, looks: { ...thing.looks, volume_type: names[name] ?? name } };
};

/** How two pictures differ. */
export const differences = (originals: readonly Thing[], twins: readonly Thing[]): readonly string[] => {
  const left = byPlace(originals);
  const right = byPlace(twins);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((place) =>
    placeDifferences(place, left.get(place) ?? [], right.get(place) ?? []),
  );
};

const byPlace = (things: readonly Thing[]): ReadonlyMap<string, readonly Thing[]> =>
  Map.groupBy(things, ({ type, place }) => `${type} ${place}`);

const placeDifferences = (place: string, originals: readonly Thing[], twins: readonly Thing[]): readonly string[] => {
  if (originals.length !== twins.length) {
    return [`${place}: there are ${originals.length} at the source and ${twins.length} at the destination`];
  }
  // Of several at one place those that are equal belong together.
  const others = [...twins];
  const alone = originals.filter((original) => {
    const at = others.findIndex((twin) => equal(original.looks, twin.looks));
    if (at >= 0) others.splice(at, 1);
    return at < 0;
  });
  return alone.flatMap((original, at) => lookDifferences(place, original.looks, others[at]?.looks ?? {}));
};

const lookDifferences = (place: string, original: Thing['looks'], twin: Thing['looks']): readonly string[] =>
  [...new Set([...Object.keys(original), ...Object.keys(twin)])]
    .filter((name) => !equal(original[name], twin[name]))
    .map(
      (name) => `${place}: ${name} is ${JSON.stringify(original[name])}, and of the twin ${JSON.stringify(twin[name])}`,
    );

const equal = (one: unknown, other: unknown): boolean => equalJson(one ?? null, other ?? null);
