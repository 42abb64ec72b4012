import { createHash } from 'node:crypto';

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON text with sorted keys: equal values have equal texts. Members that are `undefined` are left out. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
};

/** SHA-256, in hexadecimal, of a value's canonical text. */
export const digest = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

export const equalJson = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
