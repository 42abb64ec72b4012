import { canonicalJson, equalJson, isJsonObject } from '@osm/kernel';

/** Gateways are one when network and translation are; their addresses count only where one is expected. */
export const sameGateway = (expected: unknown, actual: unknown): boolean => {
  if (!isJsonObject(expected) || !isJsonObject(actual)) return equalJson(expected ?? null, actual ?? null);
  const { external_fixed_ips: wanted, ...rest } = expected;
  const compared = Object.keys(rest).every((name) => equalJson(rest[name], actual[name]));
  return compared && (wanted === undefined || equalJson(asSet(wanted), asSet(actual['external_fixed_ips'])));
};

/** Interfaces are one when subnet and address are; each cloud has ports of its own. */
export const sameInterfaces = (expected: unknown, actual: unknown): boolean =>
  equalJson(asSet(expected, tie), asSet(actual, tie));

const tie = (one: unknown): unknown =>
  isJsonObject(one) ? { subnet_id: one['subnet_id'] ?? null, ip_address: one['ip_address'] } : one;

const asSet = (list: unknown, of: (one: unknown) => unknown = (one) => one): readonly string[] =>
  (Array.isArray(list) ? list : []).map((one) => canonicalJson(of(one))).sort();
