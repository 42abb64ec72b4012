import type { JsonObject } from '@osm/kernel';

/** A value and the names of its members that have been looked at so far. */
export interface Recorded {
  readonly value: JsonObject;
  readonly touched: ReadonlySet<string>;
}

/** Wraps attributes so that each look at one of them is recorded. */
export const recorded = (attributes: JsonObject): Recorded => {
  const touched = new Set<string>();
  const value = new Proxy(attributes, {
    get: (target, name, receiver) => {
      if (typeof name === 'string') touched.add(name);
      return Reflect.get(target, name, receiver);
    },
  });
  return { value, touched };
};
