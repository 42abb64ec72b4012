import { equalJson, isJsonObject } from '@osm/kernel';
import { madeByOctavia } from './populated.ts';

/** References between parts, by ids that no other cloud has; what they say is in `used_by` of each pool. */
const references: readonly string[] = [
  'listener_id',
  'default_pool_id',
  'redirect_pool_id',
  'healthmonitor_id',
  'listeners',
  'pools',
];

/** What newer releases show where nothing was set, and older ones do not show. */
const unset: { readonly [name: string]: unknown } = {
  hsts_include_subdomains: false,
  hsts_preload: false,
  vnic_type: 'normal',
};

/**
 * Whether two lists of parts have the same shape: everything that the first one says, the second one says too, whatever
 * the ids and states, in any order. What only the second one shows is of a newer release.
 */
export const samePartsAs = (expected: unknown, actual: unknown): boolean => covers(expected ?? [], actual ?? []);

const covers = (expected: unknown, actual: unknown): boolean => {
  if (Array.isArray(expected) && Array.isArray(actual)) return coversEach(expected, actual);
  if (!isJsonObject(expected) || !isJsonObject(actual)) return equalJson(expected ?? null, actual ?? null);
  return said(expected).every(([name, value]) => covers(value, actual[name]));
};

/** Each of the first list has its own like in the second, and none is left over. */
const coversEach = (expected: readonly unknown[], actual: readonly unknown[]): boolean => {
  const left = [...actual];
  return (
    expected.length === actual.length &&
    expected.every((one) => {
      const at = left.findIndex((other) => covers(one, other));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
};

const said = (part: object): readonly [string, unknown][] =>
  Object.entries(part).filter(
    ([name, value]) =>
      !madeByOctavia.includes(name) && !references.includes(name) && !(name in unset && value === unset[name]),
  );

/** A part, or a list of parts, without what only its own cloud can know: what remains is to be found in the twin. */
export const shapeOf = (part: unknown): unknown => {
  if (Array.isArray(part)) return part.map(shapeOf);
  if (!isJsonObject(part)) return part;
  return Object.fromEntries(said(part).map(([name, value]) => [name, shapeOf(value)]));
};
