import { canonicalJson, isJsonObject, type JsonObject } from '@osm/kernel';

/** What makes a set the same one in Designate, which takes two spellings of a name for one. */
export const recordsetKey = ({ name, type }: { readonly name: unknown; readonly type: unknown }): string =>
  `${String(name).toLowerCase()} ${String(type).toUpperCase()}`;

/** Records have no order. Some releases show the value of CAA records in quotes, others refuse them. */
const plainRecords = (type: unknown, records: unknown): readonly string[] => {
  const texts = Array.isArray(records) ? records.map(String) : [];
  return (type === 'CAA' ? texts.map((text) => text.replaceAll('"', '')) : texts).toSorted();
};

const plain = (set: JsonObject): string =>
  canonicalJson({
    key: recordsetKey({ name: set['name'], type: set['type'] }),
    records: [...plainRecords(set['type'], set['records'])],
    ttl: set['ttl'] ?? null,
    description: set['description'] ?? null,
  });

/** Whether two sets say the same to who asks, and to who looks after them. */
export const sameRecordset = (a: JsonObject, b: JsonObject): boolean => plain(a) === plain(b);

/** Whether two lists hold the same sets. */
export const sameRecordsets = (expected: unknown, actual: unknown): boolean =>
  Array.isArray(expected) && Array.isArray(actual) && all(expected) === all(actual);

const all = (sets: readonly unknown[]): string =>
  sets
    .map((set) => (isJsonObject(set) ? plain(set) : String(set)))
    .toSorted()
    .join('\n');
