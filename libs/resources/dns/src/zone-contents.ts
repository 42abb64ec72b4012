import { canonicalJson, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { recordsetKey } from './recordset-comparison.ts';

/** Designate's own pages are of twenty. */
const limit = '1000';

/** Every set of records of a zone, as the cloud shows them. */
export const listRecordsets = async (
  cloud: Cloud,
  zoneId: string,
  signal?: AbortSignal,
): Promise<readonly JsonObject[]> => {
  const path = `/zones/${encodeURIComponent(zoneId)}/recordsets`;
  return Array.fromAsync(cloud.list('dns', path, { key: 'recordsets', query: { limit } }, signal));
};

/** The pool makes SOA and NS of the zone's own name, with the names of its own servers; those below are delegations. */
export const isOfThePool = (set: JsonObject, zone: JsonObject): boolean =>
  (set['type'] === 'SOA' || set['type'] === 'NS') &&
  String(set['name']).toLowerCase() === String(zone['name']).toLowerCase();

/**
 * Adds `recordsets` and `parent_zone` to a zone: of one zone by asking for it, of all of them by two lists. What a
 * secondary zone holds comes from its masters, and is not looked at.
 */
export const zoneContents = async (cloud: Cloud, id?: string): Promise<(zone: JsonObject) => Promise<JsonObject>> => {
  const [setsOf, parentOf] = id === undefined ? await ofAllZones(cloud) : [setsOfOne(cloud), parentOfOne(cloud)];
  return async (zone) => ({
    recordsets: zone['type'] === 'SECONDARY' ? [] : theOwners(await setsOf(zone), zone),
    parent_zone: await parentOf(zone),
  });
};

type About<T> = (zone: JsonObject) => Promise<T> | T;

const ofAllZones = async (cloud: Cloud): Promise<[About<readonly JsonObject[]>, About<JsonObject | null>]> => {
  const zones = new Map<string, JsonObject>();
  for await (const zone of cloud.list('dns', '/zones', { key: 'zones', query: { limit } })) {
    zones.set(String(zone['name']), zone);
  }
  const sets = new Map<string, JsonObject[]>();
  for await (const set of cloud.list('dns', '/recordsets', { key: 'recordsets', query: { limit } })) {
    const zoneId = String(set['zone_id']);
    const known = sets.get(zoneId);
    if (known === undefined) sets.set(zoneId, [set]);
    else known.push(set);
  }
  return [
    (zone) => sets.get(String(zone['id'])) ?? [],
    (zone) => {
      const parent = namesAbove(zone).find((name) => zones.has(name));
      return parent === undefined ? null : told(zones.get(parent) ?? {});
    },
  ];
};

const setsOfOne =
  (cloud: Cloud): About<readonly JsonObject[]> =>
  (zone) =>
    listRecordsets(cloud, String(zone['id']));

const parentOfOne =
  (cloud: Cloud): About<JsonObject | null> =>
  async (zone) => {
    for (const name of namesAbove(zone)) {
      for await (const found of cloud.list('dns', '/zones', { key: 'zones', query: { name } })) {
        if (found['name'] === name) return told(found);
      }
    }
    return null;
  };

/** `a.b.example.` → `b.example.`, `example.`: the nearest first. */
const namesAbove = (zone: JsonObject): readonly string[] => {
  const labels = String(zone['name']).split('.');
  return labels.slice(1, -1).map((_label, at) => labels.slice(at + 1).join('.'));
};

const told = (zone: JsonObject): JsonObject => ({
  id: zone['id'] ?? null,
  name: zone['name'] ?? null,
  project_id: zone['project_id'] ?? null,
});

/** What the owner has made, in an order of its own so that equal zones look equal. */
const theOwners = (sets: readonly JsonObject[], zone: JsonObject): JsonObject[] =>
  sets
    .filter((set) => !isOfThePool(set, zone))
    .map((set) => ({
      name: String(set['name']),
      type: String(set['type']),
      records: (Array.isArray(set['records']) ? set['records'].map(String) : []).toSorted(),
      ttl: set['ttl'] ?? null,
      description: set['description'] ?? null,
    }))
    .toSorted((a, b) => compare(recordsetKey(a), recordsetKey(b)) || compare(canonicalJson(a), canonicalJson(b)));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
