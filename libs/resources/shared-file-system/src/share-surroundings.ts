import { isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { isUsable, listAccess } from './access-rules.ts';
import { exportsOf } from './export-location.ts';
import { formerRules, recordedRules, withoutRecord } from './former-rules.ts';

/** Adds what Manila tells of a share in calls of their own: its rules, where it is exported, what depends on it. */
export const withSurroundings = async (
  cloud: Cloud,
  shareId?: string,
): Promise<(item: JsonObject) => Promise<JsonObject>> => {
  const snapshots = await snapshotsByShare(cloud, shareId);
  return async (item) => {
    const id = String(item['id']);
    const { metadata } = item;
    const rules = (await orNone(listAccess(cloud, id))).filter(({ temporary }) => !temporary);
    const exports = await orNone(exportsOf(cloud, id));
    return {
      // What a copy has withdrawn for its time is told as its owner made it.
      access_rules: formerRules(
        rules.filter(isUsable).map(({ rule }) => rule),
        recordedRules(isJsonObject(metadata) ? metadata : {}),
      ),
      ...(metadata === undefined ? {} : { metadata: withoutRecord(metadata) ?? null }),
      unusable_access_rules: rules.filter((one) => !isUsable(one)).map(({ rule, state }) => ({ ...rule, state })),
      export_locations: exports.map(({ path }) => path),
      snapshots: snapshots.get(id) ?? [],
    };
  };
};

/** A share that went away since it was listed has none; that it is gone is told by whoever asks for the share itself. */
const orNone = async <T>(listed: Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await listed;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return [];
    throw error;
  }
};

const snapshotsByShare = async (
  cloud: Cloud,
  shareId?: string,
): Promise<ReadonlyMap<string, readonly JsonObject[]>> => {
  const found = new Map<string, JsonObject[]>();
  // Who may not see all projects' is shown their own, and no error.
  const query = { all_tenants: '1', ...(shareId === undefined ? {} : { share_id: shareId }) };
  const options = { key: 'snapshots', query, microversion: 'newest' };
  for await (const item of cloud.list('shared-file-system', '/snapshots/detail', options)) {
    const { id, share_id, name, size } = item;
    if (!isJsonObject(item) || id === undefined) continue;
    const of = String(share_id);
    found.set(of, [...(found.get(of) ?? []), { id, name: name ?? null, size: size ?? null }]);
  }
  return found;
};
