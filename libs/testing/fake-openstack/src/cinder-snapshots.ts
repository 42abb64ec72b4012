import { later } from './cinder-jobs.ts';
import type { Schema } from './cinder-nova-validation.ts';
import { boolean, isTrue, object, uuid, validate } from './cinder-nova-validation.ts';
import { listBody, sorted } from './cinder-page.ts';
import { refuseOverQuota } from './cinder-quotas.ts';
import type { Snapshot, Volume } from './cinder-rows.ts';
import { cinderTime, isOwn, needAdmin, snapshotOf, snapshots, volumeOf, volumeTypes } from './cinder-rows.ts';
import { METADATA, pythonDict, textsOf } from './cinder-volumes.ts';
import type { Call, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

/** GET /snapshots and /snapshots/detail. */
export function listSnapshots(call: Call, detail: boolean): Reply {
  const rows = [...snapshots(call.cloud).values()].filter((snapshot) => isListed(call, snapshot));
  const body = listBody(call, sorted(call, rows, sortValue), {
    path: detail ? 'snapshots/detail' : 'snapshots',
    key: 'snapshots',
    links: 'snapshots_links',
    view: (snapshot) => (detail ? shownView(call, snapshot) : summary(snapshot)),
    missingMarker: (id) => new Refusal(404, `Snapshot ${id} could not be found.`),
  });
  const counted = call.atLeast('3.45') && isTrue(call.query.get('with_count') ?? false);
  return { status: 200, body: counted ? { ...body, count: rows.length } : body };
}

/** GET /snapshots/:id. */
export function showSnapshot(call: Call): Reply {
  return { status: 200, body: { snapshot: shownView(call, snapshotOf(call)) } };
}

/** POST /snapshots. A volume in use needs `force`, since 3.66 no more. */
export function createSnapshot(call: Call): Reply {
  const { snapshot: inner } = validate(CREATE, call.body);
  const body = isObject(inner) ? inner : {};
  const volume = volumeOf(call, String(body.volume_id));
  const force = isTrue(body.force ?? false);
  if (body.force !== undefined && !force && call.atLeast('3.66')) throw new Refusal(400, FORCE);
  refuseStatus(volume, force || call.atLeast('3.66'));
  const projectId = call.context.projectId ?? '';
  const typeName = volumeTypes(call.cloud).get(volume.volumeTypeId)?.name ?? '';
  refuseOverQuota(call.cloud, { projectId, resource: 'snapshots', count: 1, gigabytes: volume.size, typeName });
  return { status: 202, body: { snapshot: view(call, snapshotVolume(call, volume, body)) } };
}

/** Takes a snapshot of a volume in whatever state; Nova does when it makes an image of a server's volumes. */
export function snapshotVolume(call: Call, volume: Volume, body: JsonObject): Snapshot {
  const snapshot = newSnapshot(call, volume, body);
  snapshots(call.cloud).set(snapshot.id, snapshot);
  later(call.cloud, () => {
    snapshot.status = 'available';
    snapshot.updatedAt = call.cloud.now();
  });
  return snapshot;
}

/** PUT /snapshots/:id. */
export function updateSnapshot(call: Call): Reply {
  const { snapshot: inner } = validate(UPDATE, call.body);
  const body = isObject(inner) ? inner : {};
  const snapshot = snapshotOf(call);
  const name = body.name ?? body.display_name;
  const description = body.description ?? body.display_description;
  if (name !== undefined) snapshot.name = name === null ? null : String(name);
  if (description !== undefined) snapshot.description = description === null ? null : String(description);
  snapshot.updatedAt = call.cloud.now();
  return { status: 200, body: { snapshot: view(call, snapshot) } };
}

/** DELETE /snapshots/:id. */
export function deleteSnapshot(call: Call): Reply {
  const snapshot = snapshotOf(call);
  if (snapshot.status !== 'available' && snapshot.status !== 'error') {
    throw new Refusal(
      400,
      'Invalid snapshot: Snapshot status must be available or error and must not be part of a group.',
    );
  }
  remove(call, snapshot);
  return { status: 202 };
}

/** POST /snapshots/:id/action: os-reset_status and os-force_delete. */
export function actOnSnapshot(call: Call): Reply {
  const [action = ''] = Object.keys(isObject(call.body) ? call.body : {});
  const inner = isObject(call.body) ? call.body[action] : undefined;
  if (action === 'os-reset_status') {
    needAdmin(call, 'volume_extension:snapshot_admin_actions:reset_status');
    snapshotOf(call).status = String(isObject(inner) ? inner.status : '').toLowerCase();
    return { status: 202 };
  }
  if (action !== 'os-force_delete') {
    throw new Refusal(
      400,
      `There is no such action: ${action}. Verify the request body and Content-Type header and try again.`,
    );
  }
  needAdmin(call, 'volume_extension:snapshot_admin_actions:force_delete');
  remove(call, snapshotOf(call));
  return { status: 202 };
}

/** The metadata endpoints: GET, POST (add), PUT (replace all). */
export function snapshotMetadata(call: Call): Reply {
  const snapshot = snapshotOf(call);
  if (call.method !== 'GET') {
    const { metadata } = validate(object({ metadata: METADATA }, ['metadata']), call.body);
    const wanted = textsOf(metadata);
    snapshot.metadata = call.method === 'PUT' ? wanted : { ...snapshot.metadata, ...wanted };
  }
  return { status: 200, body: { metadata: { ...snapshot.metadata } } };
}

/** GET and DELETE of one key of the metadata. */
export function snapshotMetadataKey(call: Call): Reply {
  const snapshot = snapshotOf(call);
  const key = call.params.key ?? '';
  const value = snapshot.metadata[key];
  if (value === undefined) throw new Refusal(404, `Snapshot ${snapshot.id} has no metadata with key ${key}.`);
  if (call.method === 'GET') return { status: 200, body: { meta: { [key]: value } } };
  delete snapshot.metadata[key];
  return { status: 200 };
}

const FORCE =
  "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored.";

const TEXT: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };
const CREATE = object(
  {
    snapshot: object(
      {
        name: TEXT,
        display_name: TEXT,
        description: TEXT,
        volume_id: { oneOf: [uuid, { type: 'null' }] },
        force: boolean,
        metadata: { ...METADATA, type: ['object', 'null'] },
      },
      ['volume_id'],
    ),
  },
  ['snapshot'],
);
const UPDATABLE: Record<string, Schema> = {
  name: TEXT,
  description: TEXT,
  display_name: TEXT,
  display_description: TEXT,
};
const UPDATE = object(
  { snapshot: { ...object(UPDATABLE), anyOf: Object.keys(UPDATABLE).map((key) => ({ required: [key] })) } },
  ['snapshot'],
);

function refuseStatus(volume: Volume, inUseToo: boolean): void {
  if (volume.status === 'error') {
    throw new Refusal(400, 'Invalid volume: The snapshot cannot be created when the volume is in error status.');
  }
  const allowed = inUseToo ? ['available', 'in-use'] : ['available'];
  if (allowed.includes(volume.status)) return;
  throw new Refusal(
    400,
    `Invalid volume: Volume ${volume.id} status must be ${allowed.join(', ')}, but current status is: ${volume.status}.`,
  );
}

function newSnapshot(call: Call, volume: Volume, body: JsonObject): Snapshot {
  const name = body.name ?? body.display_name ?? null;
  return {
    id: call.cloud.newId(),
    projectId: call.context.projectId ?? '',
    userId: call.context.userId,
    volumeId: volume.id,
    status: 'creating',
    size: volume.size,
    name: typeof name === 'string' ? name.trim() : null,
    description: typeof body.description === 'string' ? body.description.trim() : null,
    metadata: textsOf(body.metadata),
    volumeTypeId: volume.volumeTypeId,
    imageMetadata: { ...volume.imageMetadata },
    createdAt: call.cloud.now(),
    updatedAt: null,
    payload: volume.payload,
  };
}

function remove(call: Call, snapshot: Snapshot): void {
  snapshot.status = 'deleting';
  later(call.cloud, () => snapshots(call.cloud).delete(snapshot.id));
}

function summary(snapshot: Snapshot): JsonObject {
  return {
    id: snapshot.id,
    created_at: cinderTime(snapshot.createdAt),
    updated_at: cinderTime(snapshot.updatedAt),
    name: snapshot.name,
    description: snapshot.description,
    volume_id: snapshot.volumeId,
    status: snapshot.status,
    size: snapshot.size,
    metadata: { ...snapshot.metadata },
  };
}

function view(call: Call, snapshot: Snapshot): JsonObject {
  const body = summary(snapshot);
  if (call.atLeast('3.14')) body.group_snapshot_id = null;
  if (call.atLeast('3.41')) body.user_id = snapshot.userId;
  if (call.atLeast('3.65')) body.consumes_quota = true;
  return body;
}

function shownView(call: Call, snapshot: Snapshot): JsonObject {
  return {
    ...view(call, snapshot),
    'os-extended-snapshot-attributes:project_id': snapshot.projectId,
    'os-extended-snapshot-attributes:progress': snapshot.status === 'creating' ? '0%' : '100%',
  };
}

function isListed(call: Call, snapshot: Snapshot): boolean {
  const { query, context } = call;
  const all = context.isAdmin && isTrue(query.get('all_tenants') ?? false);
  if (!isOwn(call, snapshot) || (!all && snapshot.projectId !== context.projectId)) return false;
  const wanted = query.get('metadata');
  const metadata = wanted === null || !call.atLeast('3.22') ? {} : pythonDict(wanted);
  if (!Object.entries(metadata).every(([key, value]) => snapshot.metadata[key] === value)) return false;
  const columns = {
    status: snapshot.status,
    volume_id: snapshot.volumeId,
    name: snapshot.name,
    project_id: snapshot.projectId,
  };
  return Object.entries(columns).every(([key, value]) => !query.has(key) || query.get(key) === value);
}

function sortValue(snapshot: Snapshot, key: string): string | number | null | undefined {
  if (key === 'created_at') return snapshot.createdAt;
  if (key === 'id') return snapshot.id;
  if (key === 'name') return snapshot.name;
  if (key === 'status') return snapshot.status;
  return key === 'size' || key === 'volume_size' ? snapshot.size : undefined;
}
