import { isJsonObject, type JsonObject } from '@osm/kernel';

type Specs = { readonly [key: string]: string };

/**
 * Specs that Manila's scheduler compares with what one back end reports of itself. Another cloud's back ends have other
 * names: with them, a type could place no share there. Keys with a vendor's prefix (`netapp:dedup`) are not among them: the
 * scheduler ignores those, and drivers of other vendors do too.
 */
const ofBackEnds = ['share_backend_name', 'vendor_name', 'driver_version', 'pool_name', 'availability_zones'];

/** The specs that name back ends or zones of the cloud they are from. */
export const tied = (specs: Specs): Specs =>
  Object.fromEntries(Object.entries(specs).filter(([key]) => ofBackEnds.includes(withoutScope(key))));

/** All others. */
export const portable = (specs: Specs): Specs =>
  Object.fromEntries(Object.entries(specs).filter(([key]) => !ofBackEnds.includes(withoutScope(key))));

const withoutScope = (key: string): string => key.replace(/^capabilities:/, '');

/** What a type promises its users. One that lacks any of them has it as false. */
const promises = [
  'driver_handles_share_servers',
  'snapshot_support',
  'create_share_from_snapshot_support',
  'revert_to_snapshot_support',
  'mount_snapshot_support',
  'replication_type',
];

/** In words, where types of the same name promise different things; undefined where they promise the same. */
export const behaviourDiffers = (source: Specs, candidate: unknown): string | undefined => {
  const other: JsonObject = isJsonObject(candidate) ? candidate : {};
  const differing = promises.filter((key) => promised(source[key]) !== promised(other[key]));
  if (differing.length === 0) return undefined;
  return differing
    .map((key) => `${key} is ${promised(source[key])} at the source and ${promised(other[key])} here`)
    .join('; ');
};

/** Manila takes `True`, `<is> True`, `true` and `1` for the same. */
const promised = (value: unknown): string => {
  const text = String(value ?? 'false')
    .replace(/^<is>\s*/, '')
    .toLowerCase();
  return text === '1' ? 'true' : text === '0' ? 'false' : text;
};
