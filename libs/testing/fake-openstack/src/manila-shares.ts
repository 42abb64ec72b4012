import type { Call, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { directoryOf, makeExport, removeExport } from './manila-exports.ts';
import {
  accessRules,
  later,
  manilaTime,
  needAdmin,
  shareOf,
  shares,
  shareSnapshots,
  shareTypes,
  metadataOf,
  textsOf,
  type Share,
} from './manila-rows.ts';
import { findType, mayUse } from './manila-types.ts';

const protocols = ['NFS', 'CIFS'];

function bodyOfShare(call: Call): JsonObject {
  const share = isObject(call.body) ? call.body.share : undefined;
  if (!isObject(share)) throw new Refusal(422, 'Unable to process the contained instructions');
  return share;
}

/** Empty names and descriptions become none, as Manila does it at creation. */
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export function createShare(call: Call): Reply {
  const given = bodyOfShare(call);
  needRightToPublish(call, given);
  const asked = given.share_type ?? given.volume_type;
  const type = findType(call, typeof asked === 'string' ? asked : 'default');
  if (type === undefined || !mayUse(call, type)) throw new Refusal(404, 'Share type not found.');
  const protocol = String(given.share_proto).toUpperCase();
  const size = Number(given.size);
  if (!Number.isInteger(size) || size <= 0) {
    const why = `Share size '${String(given.size)}' must be an integer and greater than 0.`;
    throw new Refusal(400, `Invalid input received: ${why}`);
  }
  if (!protocols.includes(protocol)) {
    const why = `Invalid share protocol provided: ${protocol}. It is either disabled or unsupported.`;
    throw new Refusal(400, `Invalid input received: ${why} Available protocols: ['NFS', 'CIFS'].`);
  }
  const share: Share = {
    ...{ id: call.cloud.newId(), instanceId: call.cloud.newId(), projectId: call.context.projectId ?? '' },
    ...{ userId: call.context.userId, typeId: type.id, protocol, size, status: 'creating' },
    ...{ name: textOrNull(given.name), description: textOrNull(given.description) },
    ...{ isPublic: given.is_public === true, metadata: metadataOf(given.metadata), createdAt: call.cloud.now() },
  };
  shares(call.cloud).set(share.id, share);
  later(call.cloud, () => {
    makeExport(call.cloud, share);
    share.status = 'available';
  });
  return { status: 200, body: { share: shown(call, share) } };
}

/** Whoever is no administrator shows a share to their own project only. */
function needRightToPublish(call: Call, given: JsonObject): void {
  if (given.is_public === true) needAdmin(call, 'share:create_public_share');
}

export function listShares(call: Call, detail: boolean): Reply {
  const { query, context } = call;
  const everybody = context.isAdmin && ['1', 'true'].includes((query.get('all_tenants') ?? '').toLowerCase());
  const metadata: unknown = query.has('metadata') ? JSON.parse((query.get('metadata') ?? '').replaceAll("'", '"')) : {};
  const wanted = Object.entries(textsOf(metadata));
  const is = (name: string, value: string | null): boolean => !query.has(name) || query.get(name) === value;
  const kept = [...shares(call.cloud).values()]
    .filter((one) => everybody || one.projectId === context.projectId)
    .filter((one) => wanted.every(([key, value]) => one.metadata[key] === value))
    .filter((one) => is('name', one.name) && is('status', one.status) && is('share_type_id', one.typeId))
    .filter((one) => !everybody || is('project_id', one.projectId))
    .toReversed();
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? 0);
  const page = limit > 0 ? kept.slice(offset, offset + limit) : kept;
  const rows = page.map((one) => (detail ? shown(call, one) : { id: one.id, name: one.name, links: links(call, one) }));
  // The link names a marker that Manila itself does not look at: only `offset` leads on.
  const last = limit > 0 && page.length === limit ? page.at(-1) : undefined;
  const next = new URLSearchParams([...query, ['marker', last?.id ?? '']]);
  const more = last === undefined ? {} : { shares_links: [{ rel: 'next', href: `${call.baseUrl}/v2/shares?${next}` }] };
  return { status: 200, body: { shares: rows, ...more } };
}

export function showShare(call: Call): Reply {
  return { status: 200, body: { share: shown(call, shareOf(call, call.params.id ?? '')) } };
}

export function updateShare(call: Call): Reply {
  const share = ownShare(call);
  const given = bodyOfShare(call);
  needRightToPublish(call, given);
  if ('display_name' in given) share.name = given.display_name === null ? null : String(given.display_name);
  if ('display_description' in given) {
    share.description = given.display_description === null ? null : String(given.display_description);
  }
  if ('is_public' in given) share.isPublic = given.is_public === true;
  return { status: 200, body: { share: shown(call, share) } };
}

export function deleteShare(call: Call): Reply {
  const share = ownShare(call);
  const dependent = [...shareSnapshots(call.cloud).values()].filter(({ shareId }) => shareId === share.id).length;
  if (dependent > 0) {
    const why =
      call.cloud.options.release === 'zed' ? '%(reason)s' : `Share still has ${dependent} dependent snapshots`;
    throw new Refusal(403, `Invalid share: ${why}.`);
  }
  share.status = 'deleting';
  later(call.cloud, () => {
    for (const rule of [...accessRules(call.cloud).values()]) {
      if (rule.shareId === share.id) accessRules(call.cloud).delete(rule.id);
    }
    shares(call.cloud).delete(share.id);
    removeExport(call.cloud, share);
  });
  return { status: 202 };
}

/** A share that the caller may change: everybody sees public ones. */
function ownShare(call: Call): Share {
  const share = shareOf(call, call.params.id ?? '');
  if (call.context.isAdmin || share.projectId === call.context.projectId) return share;
  throw new Refusal(403, `Policy doesn't allow share:update to be performed.`);
}

export function listExports(call: Call): Reply {
  const id = call.params.id ?? '';
  const share = shares(call.cloud).get(id);
  if (share === undefined) throw new Refusal(404, `Share '${id}' not found.`);
  shareOf(call, id);
  if (share.status === 'creating') return { status: 200, body: { export_locations: [] } };
  const directory = directoryOf(call.cloud, share);
  const location = {
    id: share.instanceId,
    path: share.protocol === 'CIFS' ? `\\\\127.0.0.1\\share-${share.instanceId}` : `127.0.0.1:${directory}`,
    preferred: true,
    ...(call.atLeast('2.87') ? { metadata: {} } : {}),
    ...(call.context.isAdmin ? { share_instance_id: share.instanceId, is_admin_only: false } : {}),
  };
  return { status: 200, body: { export_locations: [location] } };
}

export function shareMetadata(call: Call): Reply {
  if (call.method === 'GET') return { status: 200, body: { metadata: shareOf(call, call.params.id ?? '').metadata } };
  const share = ownShare(call);
  const given = isObject(call.body) ? call.body.metadata : undefined;
  if (!isObject(given)) throw new Refusal(400, 'Malformed request body');
  share.metadata = { ...(call.method === 'PUT' ? {} : share.metadata), ...metadataOf(given) };
  return { status: 200, body: { metadata: share.metadata } };
}

export function deleteMetadataKey(call: Call): Reply {
  const share = ownShare(call);
  const { [call.params.key ?? '']: removed, ...left } = share.metadata;
  if (removed === undefined) throw new Refusal(404, 'MetadataItemNotFound: Metadata item is not found.');
  share.metadata = left;
  return { status: 200 };
}

const links = (call: Call, { id }: Share): JsonObject[] => [
  { rel: 'self', href: `${call.baseUrl}/v2/shares/${id}` },
  { rel: 'bookmark', href: `${call.baseUrl}/shares/${id}` },
];

function shown(call: Call, share: Share): JsonObject {
  const type = shareTypes(call.cloud).get(share.typeId);
  const promised = (spec: string): boolean => /true/i.test(type?.extraSpecs[spec] ?? '');
  const { name } = call.cloud.options;
  const from = (version: string, attributes: JsonObject): JsonObject => (call.atLeast(version) ? attributes : {});
  const creating = share.status === 'creating';
  const states = [...accessRules(call.cloud).values()]
    .filter((one) => one.shareId === share.id)
    .flatMap(({ state }) => state ?? []);
  return {
    ...{ id: share.id, size: share.size, availability_zone: creating ? null : 'nova' },
    ...{ created_at: manilaTime(share.createdAt), status: share.status, name: share.name },
    ...{ description: share.description, project_id: share.projectId, snapshot_id: null, share_network_id: null },
    ...{ share_proto: share.protocol, metadata: { ...share.metadata } },
    ...{ share_type: call.atLeast('2.6') ? share.typeId : (type?.name ?? null), volume_type: type?.name ?? null },
    ...{ links: links(call, share), is_public: share.isPublic },
    ...from('2.2', { snapshot_support: promised('snapshot_support') }),
    ...from('2.5', { task_state: null }),
    ...from('2.6', { share_type_name: type?.name ?? null }),
    ...from('2.10', { access_rules_status: rulesStatus(states) }),
    ...from('2.11', { replication_type: null, has_replicas: false }),
    ...from('2.16', { user_id: share.userId }),
    ...from('2.24', { create_share_from_snapshot_support: promised('create_share_from_snapshot_support') }),
    ...from('2.27', { revert_to_snapshot_support: promised('revert_to_snapshot_support') }),
    ...from('2.31', { share_group_id: null, source_share_group_snapshot_member_id: null }),
    ...from('2.32', { mount_snapshot_support: promised('mount_snapshot_support') }),
    ...from('2.54', { progress: creating ? null : '100%' }),
    ...from('2.69', { is_soft_deleted: false, scheduled_to_be_deleted_at: null }),
    ...from('2.80', { source_backup_id: null }),
    ...(call.context.isAdmin ? { share_server_id: null, host: creating ? null : `${name}@lab#lab` } : {}),
  };
}

/** One rule in error makes it the status of all; those on their way count before. */
function rulesStatus(states: readonly string[]): string {
  if (states.some((state) => state.startsWith('queued') || state === 'applying')) return 'syncing';
  return states.includes('error') ? 'error' : 'active';
}
