import { later } from './cinder-jobs.ts';
import { isTrue, object, uuid, validate } from './cinder-nova-validation.ts';
import type { Schema } from './cinder-nova-validation.ts';
import { linksOf, listBody, sorted } from './cinder-page.ts';
import type { Volume } from './cinder-rows.ts';
import { cinderTime, isOwn, snapshots, volumeOf, volumes, volumeTypes } from './cinder-rows.ts';
import type { Call, Cloud, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

/** GET /volumes and /volumes/detail. */
export function listVolumes(call: Call, detail: boolean): Reply {
  const keep = filterOf(call);
  const rows = [...volumes(call.cloud).values()].filter((volume) => isListed(call, volume) && keep(volume));
  const body = listBody(call, sorted(call, rows, sortValue), {
    path: detail ? 'volumes/detail' : 'volumes',
    key: 'volumes',
    links: 'volumes_links',
    view: (volume) => (detail ? shownVolume(call, volume) : summary(call, volume)),
    missingMarker: (id) => new Refusal(404, `Volume ${id} could not be found.`),
  });
  const counted = call.atLeast('3.45') && isTrue(call.query.get('with_count') ?? false);
  return { status: 200, body: counted ? { ...body, count: rows.length } : body };
}

/** GET /volumes/summary, since 3.12. */
export function summarizeVolumes(call: Call): Reply {
  const rows = [...volumes(call.cloud).values()].filter((volume) => isListed(call, volume));
  const values: Record<string, string[]> = {};
  for (const { metadata } of rows) {
    for (const [key, value] of Object.entries(metadata)) values[key] = [...new Set([...(values[key] ?? []), value])];
  }
  const total = rows.reduce((sum, { size }) => sum + size, 0);
  const summarized: JsonObject = { total_count: rows.length, total_size: total };
  return {
    status: 200,
    body: { 'volume-summary': call.atLeast('3.36') ? { ...summarized, metadata: values } : summarized },
  };
}

/** GET /volumes/:id. */
export function showVolume(call: Call): Reply {
  return { status: 200, body: { volume: shownVolume(call, volumeOf(call)) } };
}

/** PUT /volumes/:id. */
export function updateVolume(call: Call): Reply {
  const { volume: inner } = validate(call.atLeast('3.53') ? UPDATE_353 : UPDATE, call.body);
  const body = isObject(inner) ? inner : {};
  const volume = volumeOf(call);
  const name = body.name ?? body.display_name;
  const description = body.description ?? body.display_description;
  if (name !== undefined) volume.name = name === null ? null : String(name).trim();
  if (description !== undefined) volume.description = description === null ? null : String(description).trim();
  if (isObject(body.metadata)) volume.metadata = textsOf(body.metadata);
  volume.updatedAt = call.cloud.now();
  return { status: 200, body: { volume: volumeView(call, volume) } };
}

/** DELETE /volumes/:id, with `cascade` its snapshots too. The volume is gone only later. */
export function deleteVolume(call: Call): Reply {
  const volume = volumeOf(call);
  const force = call.atLeast('3.23') && isTrue(call.query.get('force') ?? false);
  const cascade = isTrue(call.query.get('cascade') ?? false);
  const children = [...snapshots(call.cloud).values()].filter((snapshot) => snapshot.volumeId === volume.id);
  if (
    (!force && !DELETABLE.includes(volume.status)) ||
    volume.attachments.length > 0 ||
    (children.length > 0 && !cascade)
  ) {
    const status = force ? '' : ` status must be ${DELETABLE.join(' or ')} and`;
    throw new Refusal(400, `Invalid volume: Volume${status} ${NOT_DELETABLE}`);
  }
  removeVolume(call.cloud, volume);
  return { status: 202 };
}

/** Starts the deletion of a volume and of its snapshots. */
export function removeVolume(cloud: Cloud, volume: Volume): void {
  setStatus(cloud, volume, 'deleting');
  later(cloud, () => {
    for (const snapshot of snapshots(cloud).values()) {
      if (snapshot.volumeId === volume.id) snapshots(cloud).delete(snapshot.id);
    }
    volumes(cloud).delete(volume.id);
  });
}

const DELETABLE = ['available', 'error', 'error_restoring', 'error_extending', 'error_managing'];
const NOT_DELETABLE =
  'must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';

/** The metadata endpoints: GET, POST (add), PUT (replace all). */
export function volumeMetadata(call: Call): Reply {
  if (call.method === 'GET') return { status: 200, body: { metadata: { ...volumeOf(call).metadata } } };
  const { metadata } = validate(object({ metadata: METADATA }, ['metadata']), call.body);
  const volume = changeable(call);
  const wanted = textsOf(metadata);
  volume.metadata = call.method === 'PUT' ? wanted : { ...volume.metadata, ...wanted };
  return { status: 200, body: { metadata: { ...volume.metadata } } };
}

/** GET, PUT and DELETE of one key of the metadata. */
export function volumeMetadataKey(call: Call): Reply {
  const key = call.params.key ?? '';
  if (call.method === 'PUT') {
    const { meta } = validate(object({ meta: METADATA }, ['meta']), call.body);
    const wanted = textsOf(meta);
    if (wanted[key] === undefined) throw new Refusal(400, 'Request body and URI mismatch');
    if (Object.keys(wanted).length > 1) throw new Refusal(400, 'Request body contains too many items');
    Object.assign(changeable(call).metadata, wanted);
    return { status: 200, body: { meta: wanted } };
  }
  const volume = call.method === 'GET' ? volumeOf(call) : changeable(call);
  const value = volume.metadata[key];
  if (value === undefined) throw new Refusal(404, `Volume ${volume.id} has no metadata with key ${key}.`);
  if (call.method === 'GET') return { status: 200, body: { meta: { [key]: value } } };
  delete volume.metadata[key];
  return { status: 200 };
}

/** Puts a volume in another state. */
export function setStatus(cloud: Cloud, volume: Volume, status: string): void {
  volume.status = status;
  volume.updatedAt = cloud.now();
}

/** A volume as create, update and the lists' details begin: the extensions of `show` come on top. */
export function volumeView(call: Call, volume: Volume): JsonObject {
  const type = volumeTypes(call.cloud).get(volume.volumeTypeId);
  const view: JsonObject = {
    id: volume.id,
    status: volume.status,
    size: volume.size,
    availability_zone: volume.availabilityZone,
    created_at: cinderTime(volume.createdAt),
    updated_at: cinderTime(volume.updatedAt),
    name: volume.name,
    description: volume.description,
    volume_type: type?.name ?? volume.volumeTypeId,
    snapshot_id: volume.snapshotId,
    source_volid: volume.sourceVolumeId,
    metadata: { ...volume.metadata, ...(volume.readonly === undefined ? {} : { readonly: volume.readonly }) },
    links: linksOf(call, 'volumes', volume.id),
    user_id: volume.userId,
    bootable: String(volume.bootable),
    encrypted: volume.encryptionKeyId !== null,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: volume.multiattach,
    attachments: volume.attachments.map((attachment) => ({
      id: volume.id,
      attachment_id: attachment.id,
      volume_id: volume.id,
      server_id: attachment.serverId,
      host_name: call.context.isAdmin ? attachment.hostName : null,
      device: attachment.device,
      attached_at: cinderTime(attachment.attachedAt),
    })),
  };
  return { ...view, ...viewByMicroversion(call, volume) };
}

function viewByMicroversion(call: Call, volume: Volume): JsonObject {
  const { isAdmin } = call.context;
  const view: JsonObject = {};
  if (isAdmin) view.migration_status = null;
  if (call.atLeast('3.13')) view.group_id = null;
  if (isAdmin && call.atLeast('3.21')) view.provider_id = null;
  if (call.atLeast('3.48')) {
    view.shared_targets = volume.host === null;
    view.service_uuid = volume.host === null ? null : serviceUuid(volume.host);
  }
  if (isAdmin && call.atLeast('3.61')) view.cluster_name = null;
  if (call.atLeast('3.63')) view.volume_type_id = volume.volumeTypeId;
  if (call.atLeast('3.64') && volume.encryptionKeyId !== null) view.encryption_key_id = volume.encryptionKeyId;
  if (call.atLeast('3.65')) view.consumes_quota = true;
  return view;
}

/** A stable id of the volume service of a backend. */
function serviceUuid(host: string): string {
  const hex = Buffer.from(host.padEnd(16, '.')).subarray(0, 16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}

function shownVolume(call: Call, volume: Volume): JsonObject {
  const view: JsonObject = { ...volumeView(call, volume), 'os-vol-tenant-attr:tenant_id': volume.projectId };
  if (call.context.isAdmin) {
    view['os-vol-mig-status-attr:migstat'] = null;
    view['os-vol-mig-status-attr:name_id'] = null;
    view['os-vol-host-attr:host'] = volume.host;
  }
  if (Object.keys(volume.imageMetadata).length > 0) view.volume_image_metadata = { ...volume.imageMetadata };
  return view;
}

function summary(call: Call, volume: Volume): JsonObject {
  return { id: volume.id, name: volume.name, links: linksOf(call, 'volumes', volume.id) };
}

function isListed(call: Call, volume: Volume): boolean {
  const all = call.context.isAdmin && isTrue(call.query.get('all_tenants') ?? false);
  return isOwn(call, volume) && (all || volume.projectId === call.context.projectId);
}

const NOT_FILTERS = ['all_tenants', 'limit', 'marker', 'offset', 'sort', 'sort_key', 'sort_dir', 'with_count'];
/** Filters that everybody may use (etc/cinder/resource_filters.json). */
const PUBLIC_FILTERS = [
  ...['name', 'status', 'metadata', 'bootable', 'migration_status', 'availability_zone', 'group_id', 'size'],
  ...['created_at', 'updated_at', 'consumes_quota', 'name~'],
];

type Keep = (volume: Volume) => boolean;

function filterOf(call: Call): Keep {
  const asked = [...call.query].filter(([key]) => !NOT_FILTERS.includes(key));
  if (call.context.isAdmin) return allOf(asked);
  const invalid = asked.map(([key]) => key).filter((key) => !PUBLIC_FILTERS.includes(key));
  if (invalid.length > 0 && call.atLeast('3.31')) {
    throw new Refusal(400, `Invalid filters ${invalid.join(', ')} are found in query options.`);
  }
  return allOf(asked.filter(([key]) => !invalid.includes(key)));
}

function allOf(asked: readonly (readonly [string, string])[]): Keep {
  const keeps = asked.map(([key, value]) => keepOf(key, value));
  return (volume) => keeps.every((keep) => keep(volume));
}

function keepOf(key: string, value: string): Keep {
  if (key === 'metadata') {
    const wanted = pythonDict(value);
    return ({ metadata }) => Object.entries(wanted).every(([name, text]) => metadata[name] === text);
  }
  if (key === 'name~') return ({ name }) => (name ?? '').includes(value);
  if (key === 'bootable' || key === 'encrypted' || key === 'multiattach') {
    return (volume) => column(volume, key) === isTrue(value);
  }
  // A filter that is no column matches nothing, as Cinder's database layer has it.
  return (volume) => column(volume, key) !== undefined && String(column(volume, key) ?? 'None') === value;
}

function column(volume: Volume, key: string): string | number | boolean | null | undefined {
  const columns: Record<string, string | number | boolean | null> = {
    id: volume.id,
    name: volume.name,
    display_name: volume.name,
    status: volume.status,
    size: volume.size,
    availability_zone: volume.availabilityZone,
    project_id: volume.projectId,
    user_id: volume.userId,
    host: volume.host,
    bootable: volume.bootable,
    encrypted: volume.encryptionKeyId !== null,
    multiattach: volume.multiattach,
    snapshot_id: volume.snapshotId,
    source_volid: volume.sourceVolumeId,
    volume_type_id: volume.volumeTypeId,
    migration_status: null,
    group_id: null,
  };
  return columns[key];
}

/** A flat Python (or JSON) dict of texts, as `ast.literal_eval` reads it. */
export function pythonDict(text: string): Record<string, string> {
  const dict: Record<string, string> = {};
  for (const [, , key = '', , value = ''] of text.matchAll(/u?(['"])(.*?)\1\s*:\s*u?(['"])(.*?)\3/g)) dict[key] = value;
  return dict;
}

function sortValue(volume: Volume, key: string): string | number | null | undefined {
  if (key === 'created_at') return volume.createdAt;
  if (key === 'updated_at') return volume.updatedAt;
  if (key === 'bootable') return String(volume.bootable);
  const value = column(volume, key);
  return typeof value === 'boolean' ? String(value) : value;
}

function changeable(call: Call): Volume {
  const volume = volumeOf(call);
  if (volume.status === 'maintenance' || volume.status === 'uploading') {
    throw new Refusal(
      400,
      `Invalid volume: Updating volume metadata is not allowed for volumes in ${volume.status} status.`,
    );
  }
  return volume;
}

/** The texts of an object that a schema has checked. */
export function textsOf(value: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  if (typeof value !== 'object' || value === null) return texts;
  for (const [key, text] of Object.entries(value)) if (typeof text === 'string') texts[key] = text;
  return texts;
}

const TEXT: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };

/** User metadata: text to text. */
export const METADATA: Schema = {
  type: 'object',
  patternProperties: { '^[a-zA-Z0-9-_:. /]{1,255}$': { type: 'string', maxLength: 255 } },
  additionalProperties: false,
};

/** A UUID or null. */
export const OPTIONAL_UUID: Schema = { oneOf: [{ type: 'null' }, uuid] };

const UPDATABLE: Record<string, Schema> = {
  name: TEXT,
  description: TEXT,
  display_name: TEXT,
  display_description: TEXT,
  metadata: METADATA,
};
const UPDATE = object({ volume: object(UPDATABLE) }, ['volume']);
const UPDATE_353 = object(
  { volume: { ...object(UPDATABLE), anyOf: Object.keys(UPDATABLE).map((key) => ({ required: [key] })) } },
  ['volume'],
);
