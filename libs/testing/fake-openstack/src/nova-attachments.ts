import { later } from './cinder-jobs.ts';
import type { Schema } from './cinder-nova-validation.ts';
import { isTrue, object, uuid, validate } from './cinder-nova-validation.ts';
import type { Volume } from './cinder-rows.ts';
import { isOwn, volumes } from './cinder-rows.ts';
import { setStatus } from './cinder-volumes.ts';
import type { Call, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { freeName, refuseReserve } from './nova-server-devices.ts';
import type { Device, Server } from './nova-server-rows.ts';
import { needState, needUnlocked, serverOf, servers } from './nova-server-rows.ts';
import { BOOLEAN, TAG } from './nova-server-schema.ts';
import { attachDevice, detachDevice } from './nova-server-volumes.ts';

/** GET /servers/:id/os-volume_attachments, in the order of the server's disks. */
export function listAttachments(call: Call): Reply {
  const server = serverOf(call);
  const offset = Number(call.query.get('offset') ?? 0);
  const limit = Number(call.query.get('limit') ?? 1000);
  const rows = attached(server).slice(offset, offset + Math.min(limit, call.cloud.maxPage(1000)));
  return { status: 200, body: { volumeAttachments: rows.map((device) => view(call, server, device)) } };
}

/** GET /servers/:id/os-volume_attachments/:volume. */
export function showAttachment(call: Call): Reply {
  const server = serverOf(call);
  return { status: 200, body: { volumeAttachment: view(call, server, deviceOf(call, server)) } };
}

/** PUT: since 2.85 changes what becomes of the volume when the server is deleted. Volumes are not swapped here. */
export function updateAttachment(call: Call): Reply {
  const known: Record<string, Schema> = { volumeId: uuid };
  if (call.atLeast('2.85')) {
    Object.assign(known, { device: DEVICE, tag: TAG, delete_on_termination: BOOLEAN, serverId: uuid, id: uuid });
  }
  const body = attachmentBody(call, known);
  const server = serverOf(call);
  if (!call.atLeast('2.85') || body.volumeId !== call.params.volume) {
    throw new Refusal(403, "Policy doesn't allow os_compute_api:os-volumes-attachments:swap to be performed.");
  }
  const device = deviceOf(call, server);
  const fixed = { id: device.volumeId, serverId: server.id, device: device.name, tag: device.tag };
  for (const [key, value] of Object.entries(fixed)) {
    if (body[key] !== undefined && body[key] !== value) throw new Refusal(400, `The ${key} property is not mutable`);
  }
  if (body.delete_on_termination !== undefined) device.deleteOnTermination = isTrue(body.delete_on_termination);
  return { status: 202 };
}

/** POST: attaches a volume to a server that is there. */
export function createAttachment(call: Call): Reply {
  const known: Record<string, Schema> = { volumeId: uuid, device: DEVICE };
  if (call.atLeast('2.49')) known.tag = TAG;
  if (call.atLeast('2.79')) known.delete_on_termination = BOOLEAN;
  const body = attachmentBody(call, known);
  const server = serverOf(call);
  needUnlocked(call, server);
  needState(server, 'attach_volume', ['active', 'stopped', 'paused', 'suspended']);
  const volume = volumes(call.cloud).get(String(body.volumeId));
  if (volume === undefined || !isOwn(call, volume)) {
    throw new Refusal(404, `Volume ${String(body.volumeId)} could not be found.`);
  }
  refuseReserve(volume);
  const device = newDevice(call, server, volume, body);
  server.devices.push(device);
  if (volume.status !== 'in-use') setStatus(call.cloud, volume, 'reserved');
  later(call.cloud, () => {
    if (servers(call.cloud).has(server.id)) attachDevice(call.cloud, server, device, volume);
  });
  const shown: JsonObject = { id: volume.id, volumeId: volume.id, serverId: server.id, device: device.name };
  if (call.atLeast('2.70')) shown.tag = device.tag;
  if (call.atLeast('2.79')) shown.delete_on_termination = device.deleteOnTermination;
  return { status: 200, body: { volumeAttachment: shown } };
}

function newDevice(call: Call, server: Server, volume: Volume, body: JsonObject): Device {
  const prefix = server.devices.find(({ bootIndex }) => bootIndex === 0)?.name?.replace(/[a-z]$/, '') ?? '/dev/sd';
  const taken = new Set(server.devices.map(({ name }) => name));
  return {
    ...{ id: call.cloud.newId(), source: 'volume', destination: 'volume', sourceId: volume.id, bootIndex: null },
    ...{ size: volume.size, volumeType: null, tag: typeof body.tag === 'string' ? body.tag : null },
    ...{ deviceType: null, diskBus: null, guestFormat: null, volumeId: volume.id, attachmentId: null },
    deleteOnTermination: isTrue(body.delete_on_termination ?? false),
    name: typeof body.device === 'string' ? body.device : freeName(prefix, taken),
  };
}

/** DELETE: detaches a volume. The root volume stays where it is. */
export function deleteAttachment(call: Call): Reply {
  const server = serverOf(call);
  needUnlocked(call, server);
  needState(server, 'detach_volume', ['active', 'stopped', 'paused', 'suspended'], false);
  const device = deviceOf(call, server);
  if (device.bootIndex === 0) throw new Refusal(403, 'Cannot detach a root device volume');
  const volume = volumes(call.cloud).get(device.volumeId ?? '');
  if (volume !== undefined) setStatus(call.cloud, volume, 'detaching');
  later(call.cloud, () => {
    server.devices = server.devices.filter((other) => other !== device);
    if (volume !== undefined) detachDevice(call.cloud, device, volume);
  });
  return { status: 202 };
}

const DEVICE: Schema = { type: ['string', 'null'], pattern: '(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$' };

function attachmentBody(call: Call, known: Record<string, Schema>): JsonObject {
  const schema = object({ volumeAttachment: object(known, ['volumeId']) }, ['volumeAttachment']);
  const { volumeAttachment: body } = validate(schema, call.body);
  return isObject(body) ? body : {};
}

function attached(server: Server): Device[] {
  return server.taskState === 'scheduling' ? [] : server.devices.filter(({ volumeId }) => volumeId !== null);
}

function deviceOf(call: Call, server: Server): Device {
  const id = call.params.volume ?? '';
  const device = attached(server).find(({ volumeId }) => volumeId === id);
  if (device === undefined) throw new Refusal(404, `Instance ${server.id} is not attached to volume ${id}`);
  return device;
}

function view(call: Call, server: Server, device: Device): JsonObject {
  const body: JsonObject = { volumeId: device.volumeId, serverId: server.id, device: device.name };
  if (!call.atLeast('2.89')) body.id = device.volumeId;
  if (call.atLeast('2.70')) body.tag = device.tag;
  if (call.atLeast('2.79')) body.delete_on_termination = device.deleteOnTermination;
  if (call.atLeast('2.89')) Object.assign(body, { attachment_id: device.attachmentId, bdm_uuid: device.id });
  return body;
}
