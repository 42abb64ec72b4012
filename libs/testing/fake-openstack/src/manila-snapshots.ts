import type { Call, JsonObject, Reply } from './frame.ts';
import { bodyOf, Refusal } from './frame.ts';
import { later, manilaTime, shareOf, shares, shareSnapshots, type ShareSnapshot } from './manila-rows.ts';

/** Snapshots as far as they are told about; their contents are nobody's concern. */
export function createSnapshot(call: Call): Reply {
  const given = bodyOf(call, 'snapshot');
  const share = shareOf(call, String(given.share_id));
  if (share.status !== 'available') throw new Refusal(403, 'Invalid share: source share status must be available.');
  const snapshot: ShareSnapshot = {
    ...{ id: call.cloud.newId(), shareId: share.id, projectId: share.projectId, userId: call.context.userId },
    ...{ name: typeof given.name === 'string' ? given.name : null, description: null },
    ...{ status: 'creating', createdAt: call.cloud.now() },
  };
  shareSnapshots(call.cloud).set(snapshot.id, snapshot);
  later(call.cloud, () => void (snapshot.status = 'available'));
  return { status: 202, body: { snapshot: shown(call, snapshot) } };
}

export function listSnapshots(call: Call): Reply {
  const { query, context } = call;
  const everybody = context.isAdmin && ['1', 'true'].includes((query.get('all_tenants') ?? '').toLowerCase());
  const rows = [...shareSnapshots(call.cloud).values()]
    .filter((one) => everybody || one.projectId === context.projectId)
    .filter((one) => !query.has('share_id') || query.get('share_id') === one.shareId);
  return { status: 200, body: { snapshots: rows.map((one) => shown(call, one)) } };
}

function snapshotOf(call: Call): ShareSnapshot {
  const snapshot = shareSnapshots(call.cloud).get(call.params.id ?? '');
  const { isAdmin, projectId } = call.context;
  if (snapshot !== undefined && (isAdmin || snapshot.projectId === projectId)) return snapshot;
  throw new Refusal(404, 'The resource could not be found.');
}

export function showSnapshot(call: Call): Reply {
  return { status: 200, body: { snapshot: shown(call, snapshotOf(call)) } };
}

export function deleteSnapshot(call: Call): Reply {
  const snapshot = snapshotOf(call);
  snapshot.status = 'deleting';
  later(call.cloud, () => void shareSnapshots(call.cloud).delete(snapshot.id));
  return { status: 202 };
}

function shown(call: Call, one: ShareSnapshot): JsonObject {
  const share = shares(call.cloud).get(one.shareId);
  return {
    ...{ id: one.id, share_id: one.shareId, share_size: share?.size ?? null },
    ...{ created_at: manilaTime(one.createdAt), status: one.status, name: one.name, description: one.description },
    ...{ size: share?.size ?? null, share_proto: share?.protocol ?? null },
    links: [
      { rel: 'self', href: `${call.baseUrl}/v2/snapshots/${one.id}` },
      { rel: 'bookmark', href: `${call.baseUrl}/snapshots/${one.id}` },
    ],
    ...(call.context.isAdmin ? { provider_location: null } : {}),
    ...(call.atLeast('2.17') ? { user_id: one.userId, project_id: one.projectId } : {}),
    ...(call.atLeast('2.73') ? { metadata: {} } : {}),
  };
}
