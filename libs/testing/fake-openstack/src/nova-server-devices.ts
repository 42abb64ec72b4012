import { isTrue } from './cinder-nova-validation.ts';
import type { Volume } from './cinder-rows.ts';
import { isOwn, snapshots, volumes, volumeTypes } from './cinder-rows.ts';
import { setStatus } from './cinder-volumes.ts';
import type { Call, Json, JsonObject } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { images, isVisible } from './glance-image.ts';
import type { Device } from './nova-server-rows.ts';

/** The disks that a request asks for, in their order: the image's own first, where the request has no list of its own. */
export function devicesOf(call: Call, body: JsonObject): Device[] {
  const imageRef = typeof body.imageRef === 'string' ? body.imageRef : '';
  const asked = Array.isArray(body.block_device_mapping_v2) ? body.block_device_mapping_v2.filter(isObject) : [];
  const isNamed = body.imageRef !== undefined;
  const listed = asked.map((each) => deviceOf(call, each, isNamed));
  if (imageRef === '' && listed.length === 0) throw new Refusal(400, 'Missing imageRef attribute');
  const devices = listed.length === 0 ? [rootOf(call, imageRef)] : listed;
  refuseSequence(devices);
  for (const device of devices) refuseDevice(call, device);
  return devices;
}

function rootOf(call: Call, image: string): Device {
  return {
    ...{ id: call.cloud.newId(), source: 'image', destination: 'local', sourceId: image, bootIndex: 0, size: null },
    ...{ volumeType: null, tag: null, deviceType: 'disk', diskBus: null, guestFormat: null, name: null },
    ...{ deleteOnTermination: true, volumeId: null, attachmentId: null },
  };
}

function deviceOf(call: Call, asked: JsonObject, isImageNamed: boolean): Device {
  const source = textOf(asked.source_type) ?? '';
  const sourceId = textOf(asked.uuid);
  const destination = textOf(asked.destination_type) ?? (source === 'volume' ? 'volume' : 'local');
  const bootIndex = asked.boot_index === undefined || asked.boot_index === null ? null : Number(asked.boot_index);
  const volumeType = textOf(asked.volume_type);
  refuseFormat({ source, sourceId, destination, bootIndex, volumeType, isImageNamed });
  const name = textOf(asked.device_name);
  return {
    ...{ id: call.cloud.newId(), source, destination, sourceId, bootIndex, volumeType, tag: textOf(asked.tag) },
    size: asked.volume_size === undefined ? null : Number(asked.volume_size),
    deviceType: textOf(asked.device_type),
    diskBus: textOf(asked.disk_bus),
    guestFormat: textOf(asked.guest_format),
    deleteOnTermination: isTrue(asked.delete_on_termination ?? false),
    name: name === null ? null : `/dev/${name.replace(/^\/dev\//, '')}`,
    ...{ volumeId: source === 'volume' ? sourceId : null, attachmentId: null },
  };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

interface Format {
  readonly source: string;
  readonly sourceId: string | null;
  readonly destination: string;
  readonly bootIndex: number | null;
  readonly volumeType: string | null;
  readonly isImageNamed: boolean;
}

/** `BlockDeviceDict.from_api` of nova/block_device.py. */
function refuseFormat({ source, sourceId, destination, bootIndex, volumeType, isImageNamed }: Format): void {
  const refuse = (details: string): never => {
    throw new Refusal(400, `Block Device Mapping is Invalid: ${details}`);
  };
  if (source === 'blank' && sourceId !== null) refuse('Invalid device UUID.');
  if (source !== 'blank' && sourceId === null) refuse('Missing device UUID.');
  if (source === 'image' && destination === 'local' && !(isImageNamed && bootIndex === 0)) {
    refuse('Mapping image to local is not supported.');
  }
  if (destination === 'local' && volumeType !== null) {
    refuse('Specifying a volume_type with destination_type=local is not supported.');
  }
  if (source === 'volume' && volumeType !== null) refuse('Specifying volume type to existing volume is not supported.');
}

/** Boot indexes must count from 0 without a gap. */
function refuseSequence(devices: readonly Device[]): void {
  const indexes = devices.map(({ bootIndex }) => bootIndex ?? -1).filter((index) => index >= 0);
  const sorted = indexes.toSorted((a, b) => a - b);
  if (sorted.length > 0 && sorted.every((index, at) => index === at)) return;
  throw new Refusal(
    400,
    'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.',
  );
}

function refuseDevice(call: Call, device: Device): void {
  const { source, destination, size } = device;
  const id = device.sourceId ?? '';
  if (device.volumeType !== null && !isVolumeType(call, device.volumeType)) {
    throw new Refusal(400, `Volume type ${device.volumeType} could not be found.`);
  }
  if (source === 'image') {
    const image = images(call.cloud).get(id);
    if (image === undefined || !isVisible(image, call.context)) throw new Refusal(400, imageText(device));
    if (destination === 'volume' && size === null) {
      throw new Refusal(400, "Images with destination_type 'volume' need to have a non-zero size specified");
    }
  }
  if (source === 'snapshot') {
    const snapshot = snapshots(call.cloud).get(id);
    if (snapshot === undefined || !isOwn(call, snapshot)) throw new Refusal(400, `Snapshot ${id} could not be found.`);
  }
  if (source === 'volume') refuseVolume(call, volumeOf(call, id), device.bootIndex === 0);
  if (source === 'blank' && destination === 'volume' && size === null) {
    throw new Refusal(400, "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size");
  }
}

function imageText({ bootIndex, sourceId }: Device): string {
  return bootIndex === 0
    ? 'Can not find requested image'
    : `Block Device Mapping is Invalid: failed to get image ${sourceId ?? ''}.`;
}

function isVolumeType(call: Call, name: string): boolean {
  return [...volumeTypes(call.cloud).values()].some((type) => type.id === name || type.name === name);
}

function volumeOf(call: Call, id: string): Volume {
  const volume = volumes(call.cloud).get(id);
  if (volume !== undefined && isOwn(call, volume)) return volume;
  throw new Refusal(400, `Volume ${id} could not be found.`);
}

function refuseVolume(call: Call, volume: Volume, isRoot: boolean): void {
  if (isRoot && !volume.bootable) throw new Refusal(400, `Block Device ${volume.id} is not bootable.`);
  if (volume.multiattach && !call.atLeast('2.60')) {
    throw new Refusal(400, 'Multiattach volumes are only supported starting with compute API version 2.60.');
  }
  refuseReserve(volume);
}

/** Refuses a volume that cannot be attached now, with Cinder's refusal inside Nova's. */
export function refuseReserve(volume: Volume): void {
  const allowed = volume.multiattach ? ['available', 'in-use', 'downloading'] : ['available', 'downloading'];
  if (allowed.includes(volume.status)) return;
  const reason = `status must be ${allowed.join(' or ')} to reserve, but the current status is ${volume.status}.`;
  throw new Refusal(
    400,
    `Invalid volume: Invalid input received: Invalid volume: Volume ${volume.id} ${reason} (HTTP 400) (Request-ID: req-0)`,
  );
}

/** Keeps the volumes of a server for it, as soon as the request is accepted. */
export function reserve(call: Call, devices: readonly Device[]): void {
  for (const { source, volumeId } of devices) {
    const volume = source === 'volume' ? volumes(call.cloud).get(volumeId ?? '') : undefined;
    if (volume !== undefined && volume.status !== 'in-use') setStatus(call.cloud, volume, 'reserved');
  }
}

/** Names the disks in the order of the request: `/dev/sda` is the root, asked-for names are kept. */
export function nameDevices(devices: readonly Device[]): void {
  const root = devices.find(({ bootIndex }) => bootIndex === 0);
  const prefix = root?.name?.replace(/[a-z]$/, '') ?? '/dev/sd';
  const taken = new Set(devices.map(({ name }) => name));
  const rest = devices.filter((device) => device !== root);
  for (const device of root === undefined ? rest : [root, ...rest]) {
    device.name ??= freeName(prefix, taken);
    taken.add(device.name);
  }
}

/** The first name of a disk that nobody has. */
export function freeName(prefix: string, taken: ReadonlySet<string | null>): string {
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    if (!taken.has(prefix + letter)) return prefix + letter;
  }
  throw new Refusal(400, 'The server has no name left for another disk.');
}
