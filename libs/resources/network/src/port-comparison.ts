import { canonicalJson, equalJson, isJsonObject } from '@osm/kernel';

/** Addresses are one when subnet and address are; where no address was expected the subnet alone counts. */
export const sameAddresses = (expected: unknown, actual: unknown): boolean =>
  sameSet(expected, actual, ['subnet_id', 'ip_address']);

/** Pairs are one when both addresses are; where no MAC address was expected the port's own stands there. */
export const samePairs = (expected: unknown, actual: unknown): boolean =>
  sameSet(expected, actual, ['ip_address', 'mac_address']);

/** Lists of objects as sets: each expected one has an actual one of its own, which has all that was expected. */
const sameSet = (expected: unknown, actual: unknown, names: readonly [string, string]): boolean => {
  if (!Array.isArray(expected) || !Array.isArray(actual)) return equalJson(expected, actual);
  if (expected.length !== actual.length) return false;
  const left: unknown[] = [...actual];
  // Those that say more choose first, so that one that says less takes none of theirs.
  const bySaying = expected.toSorted((a, b) => said(b, names) - said(a, names));
  return bySaying.every((one) => {
    const at = left.findIndex((other) => fits(one, other, names));
    if (at < 0) return false;
    left.splice(at, 1);
    return true;
  });
};

const said = (one: unknown, names: readonly string[]): number =>
  isJsonObject(one) ? names.filter((name) => one[name] !== undefined).length : 0;

const fits = (expected: unknown, actual: unknown, names: readonly string[]): boolean => {
  if (!isJsonObject(expected) || !isJsonObject(actual)) return canonicalJson(expected) === canonicalJson(actual);
  return names.every((name) => expected[name] === undefined || equalJson(expected[name], actual[name]));
};
