import type { JsonObject } from '@osm/kernel';
import { isJsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/** One thing of a tenant in words that mean the same in every cloud: names in place of ids. */
export interface Thing {
  readonly type: string;
  /** Where it has its natural place: `web/front/10.10.0.0/24`. Not unique: OpenStack's names are not. */
  readonly place: string;
  readonly looks: { readonly [attribute: string]: unknown };
}

/** A tenant's cloud, and the names of what its things refer to, by id. */
export interface View {
  readonly cloud: Cloud;
  readonly prefix: string;
  /** The SHA-256 of a volume's bytes. */
  hashVolume(id: string): Promise<string>;
  readonly domains: ReadonlyMap<string, string>;
  readonly projects: ReadonlyMap<string, string>;
  readonly users: ReadonlyMap<string, string>;
}

/** These attributes, those that are absent as undefined. */
export const only = (item: JsonObject, ...names: readonly string[]): { readonly [attribute: string]: unknown } =>
  Object.fromEntries(names.map((name) => [name, item[name]]));

/** All attributes but these. */
export const without = (item: JsonObject, names: readonly string[]): { readonly [attribute: string]: unknown } =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));

/** A list whose order says nothing. */
export const unordered = (list: unknown, word: (one: JsonObject) => unknown = (one) => one): readonly string[] =>
  (Array.isArray(list) ? list : []).map((one: unknown) => JSON.stringify(isJsonObject(one) ? word(one) : one)).sort();

/** The name behind an id; an id that nobody of the tenant has stays what it is. */
export const nameOf = (names: ReadonlyMap<string, string>, id: unknown): string =>
  names.get(String(id)) ?? `unknown ${String(id)}`;

/** Names by id. */
export const namesById = (items: readonly JsonObject[]): ReadonlyMap<string, string> =>
  new Map(items.map(({ id, name }) => [String(id), String(name)]));

/** The inner object of an answer. */
export const inner = (body: unknown, key: string): JsonObject => {
  const value = isJsonObject(body) ? body[key] : undefined;
  if (isJsonObject(value)) return value;
  throw new TypeError(`an answer has no ${key}`);
};
