import { Failure } from '@osm/kernel';
import { wrongUse } from './wrong-use.ts';

/** Filters by the names of raw attributes. */
export type Filters = { readonly [attribute: string]: string };

/** What of a type matters for filtering. */
export interface Filterable {
  readonly type: string;
  readonly filters: readonly string[];
}

/**
 * `key:value` arguments, with `-` or `_` in keys; a value may have further colons, and so may a key that the type knows
 * (`os-flavor-access:is_public`). Raises `wrong-use` and `unknown-filter`, with the keys that the type supports.
 */
export const parseFilters = (texts: readonly string[], { type, filters }: Filterable): Filters => {
  const parsed: { [attribute: string]: string } = {};
  for (const text of texts) {
    const at = text.indexOf(':');
    if (at < 1) throw wrongUse(`cannot use the filter ${text}: it is not key:value`, 'Write it as project_id:0a1b2c.');
    const key = filters.find((known) => sameKey(text.slice(0, known.length), known) && text[known.length] === ':');
    if (key === undefined) throw unknownFilter(text.slice(0, at), type, filters);
    const value = text.slice(key.length + 1);
    if (parsed[key] !== undefined && parsed[key] !== value) {
      throw wrongUse(`cannot filter by ${key} twice: nothing is both ${parsed[key]} and ${value}`, 'Leave one out.');
    }
    parsed[key] = value;
  }
  return parsed;
};

const sameKey = (a: string, b: string): boolean => a.replaceAll('-', '_') === b.replaceAll('-', '_');

const unknownFilter = (key: string, type: string, supported: readonly string[]): Failure =>
  new Failure('unknown-filter', `cannot filter ${type} by ${key}`, {
    remedy:
      supported.length === 0
        ? `There are no filters for ${type}: use --all.`
        : `It can be filtered by ${supported.join(', ')}.`,
  });
