import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';

/** One version of an API, as the service's own document has it. */
export interface ApiVersion {
  /** The path segments under which it may stand: that of its own link first. */
  readonly segments: readonly string[];
  readonly newestMicroversion: string | undefined;
}

/**
 * The versions in a service's document. There are four shapes: `versions` as a list, as `{values}` (Keystone, Barbican),
 * a single `version`, and a list at the versioned root (Cinder, Manila). The links' hosts are often wrong behind a proxy,
 * so only the last segment of their path is used.
 */
export const versionDocument = (body: Json): readonly ApiVersion[] => {
  if (!isJsonObject(body)) return [];
  const { version, versions } = body;
  if (isJsonObject(version)) return [apiVersion(version)];
  const list = isJsonObject(versions) ? versions['values'] : versions;
  return Array.isArray(list) ? list.filter(isJsonObject).map(apiVersion) : [];
};

const apiVersion = (version: JsonObject): ApiVersion => {
  const newest = version['max_version'] ?? version['version'];
  return {
    segments: [linkSegment(version), version['id']].filter((segment) => typeof segment === 'string'),
    newestMicroversion: typeof newest === 'string' && newest !== '' ? newest : undefined,
  };
};

const linkSegment = (version: JsonObject): string | undefined => {
  const links = Array.isArray(version['links']) ? version['links'].filter(isJsonObject) : [];
  const href = links.find((link) => link['rel'] === 'self')?.['href'];
  return typeof href === 'string' ? /\/(v\d+(?:\.\d+)?)\/?$/.exec(href)?.[1] : undefined;
};

/** The path segment to speak `wanted` (`v2.1`) with; undefined where the service has no version of that number. */
export const chosenSegment = (versions: readonly ApiVersion[], wanted: string): string | undefined => {
  const segments = versions.flatMap((version) => version.segments);
  if (segments.includes(wanted)) return wanted;
  return segments.find((segment) => segment === major(wanted) || segment.startsWith(`${major(wanted)}.`));
};

/** The newest microversion that the version at this path segment offers. */
export const newestMicroversion = (versions: readonly ApiVersion[], segment: string): string | undefined =>
  (versions.find((version) => version.segments.includes(segment)) ?? (versions.length === 1 ? versions[0] : undefined))
    ?.newestMicroversion;

const major = (version: string): string => version.split('.')[0] ?? version;
