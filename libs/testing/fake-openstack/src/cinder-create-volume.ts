import { later } from './cinder-jobs.ts';
import type { Schema } from './cinder-nova-validation.ts';
import { boolean, isTrue, isUuid, object, positiveInteger, validate } from './cinder-nova-validation.ts';
import { fromQcow2, isQcow2 } from './cinder-qcow2.ts';
import { refuseOverQuota, refuseTooLarge } from './cinder-quotas.ts';
import type { Snapshot, Volume, VolumeType } from './cinder-rows.ts';
import { bytesOf, snapshotOf, snapshots, volumeOf, volumes, volumeTypes } from './cinder-rows.ts';
import { defaultVolumeType, typeByNameOrId } from './cinder-types.ts';
import { METADATA, OPTIONAL_UUID, setStatus, textsOf, volumeView } from './cinder-volumes.ts';
import type { Call, Cloud, Context, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import type { Image } from './glance-image.ts';
import { images, isVisible } from './glance-image.ts';
import type { Payload } from './glance-payload.ts';
import { resized, zeros } from './glance-payload.ts';

/** What a new volume is made of; at most one of them. */
interface Origin {
  readonly image: Image | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly source: Volume | undefined;
}

/** POST /volumes. The volume is `creating`, from an image `downloading` next, then `available`. */
export function createVolume(call: Call): Reply {
  const body = volumeBody(call);
  const asked = textOf(body.volume_type);
  const named = asked === null || asked === '' ? undefined : typeByNameOrId(call, asked);
  const snapshotId = textOf(body.snapshot_id);
  const sourceId = textOf(body.source_volid);
  const imageId = textOf(body.imageRef) ?? textOf(body.image_id);
  const origin: Origin = {
    snapshot: snapshotId === null ? undefined : snapshotOf(call, snapshotId),
    source: sourceId === null ? undefined : volumeOf(call, sourceId),
    image: imageId === null ? undefined : imageByRef(call, imageId),
  };
  const size = sizeOf(body.size, origin);
  if (isTrue(body.multiattach)) throw new Refusal(400, MULTIATTACH);
  refuseSource(call.cloud, size, origin);
  const type = named ?? inheritedType(call.cloud, origin);
  refuseQuota(call, size, type);
  const volume = newVolume(call, body, size, type, origin);
  volumes(call.cloud).set(volume.id, volume);
  schedule(call.cloud, volume, type, origin);
  return { status: 202, body: { volume: volumeView(call, volume) } };
}

/** A volume that another service wants, checked by it. */
export interface VolumeWish {
  readonly name: string;
  readonly description: string;
  readonly projectId: string;
  readonly userId: string;
  readonly size: number;
  /** Name or id of its type; null takes what it is made of, or the default. */
  readonly typeName: string | null;
  readonly imageId: string | null;
  readonly snapshotId: string | null;
}

/** Makes a volume for another service, as POST /volumes would. */
export function makeVolume(cloud: Cloud, wish: VolumeWish): Volume {
  const { typeName, projectId, userId, size } = wish;
  const origin: Origin = {
    image: images(cloud).get(wish.imageId ?? ''),
    snapshot: snapshots(cloud).get(wish.snapshotId ?? ''),
    source: undefined,
  };
  const named = [...volumeTypes(cloud).values()].find(({ id, name }) => id === typeName || name === typeName);
  const type = named ?? inheritedType(cloud, origin);
  const { name, description } = wish;
  const volume = newVolume({ cloud, context: { projectId, userId } }, { name, description }, size, type, origin);
  volumes(cloud).set(volume.id, volume);
  schedule(cloud, volume, type, origin);
  return volume;
}

const MULTIATTACH =
  'multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. Contact your administrator to create a multiattach enabled volume type and use it to create multiattach volumes.';

const NAME: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };
const REFERENCE: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };
const PROPERTIES: Record<string, Schema> = {
  name: NAME,
  description: NAME,
  display_name: NAME,
  display_description: NAME,
  volume_type: REFERENCE,
  metadata: { ...METADATA, type: ['object', 'null'] },
  snapshot_id: OPTIONAL_UUID,
  source_volid: OPTIONAL_UUID,
  consistencygroup_id: OPTIONAL_UUID,
  size: { ...positiveInteger, type: ['integer', 'string', 'null'] },
  availability_zone: { type: ['string', 'null'], minLength: 1, maxLength: 255 },
  multiattach: { oneOf: [{ type: 'null' }, boolean] },
  image_id: REFERENCE,
  imageRef: REFERENCE,
};

function volumeBody(call: Call): JsonObject {
  const known: Record<string, Schema> = { ...PROPERTIES };
  if (call.atLeast('3.13')) known.group_id = REFERENCE;
  if (call.atLeast('3.47')) known.backup_id = OPTIONAL_UUID;
  const volume: Schema = { type: 'object', properties: known, additionalProperties: !call.atLeast('3.53') };
  const hints: Schema = { type: ['object', 'null'] };
  const body = validate(object({ volume, 'OS-SCH-HNT:scheduler_hints': hints }, ['volume']), call.body);
  if (!isObject(body.volume) || Object.keys(body.volume).length === 0) {
    throw new Refusal(
      400,
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
    );
  }
  for (const key of ['consistencygroup_id', 'group_id', 'backup_id']) {
    if (textOf(body.volume[key]) !== null) throw new Refusal(501, `the fake cloud makes no volume with ${key}`);
  }
  return body.volume;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function imageByRef(call: Call, reference: string): Image {
  const id = reference.split('/').at(-1) ?? '';
  const visible = [...images(call.cloud).values()].filter((image) => isVisible(image, call.context));
  const byId = isUuid(id) ? visible.find((image) => image.id === id) : undefined;
  const named = visible.filter((image) => image.attributes.name === reference);
  if (byId === undefined && named.length > 1) {
    throw new Refusal(409, `Multiple matches found for '${reference}', use an ID to be more specific.`);
  }
  const found = byId ?? named[0];
  if (found !== undefined) return found;
  throw new Refusal(400, 'Invalid image identifier or unable to access requested image.');
}

function sizeOf(asked: Json | undefined, { snapshot, source }: Origin): number {
  const own = asked === undefined || asked === null ? undefined : Number(asked);
  const size = own ?? source?.size ?? snapshot?.size;
  if (size === undefined) {
    throw new Refusal(400, "Invalid input received: Volume size 'None' must be an integer and greater than 0");
  }
  if (source !== undefined && size < source.size) {
    throw new Refusal(
      400,
      `Invalid input received: Volume size '${size}'GB cannot be smaller than original volume size  ${source.size}GB. They must be >= original volume size.`,
    );
  }
  if (source === undefined && snapshot !== undefined && size < snapshot.size) {
    throw new Refusal(
      400,
      `Invalid input received: Volume size '${size}'GB cannot be smaller than the snapshot size ${snapshot.size}GB. They must be >= original snapshot size.`,
    );
  }
  return size;
}

function refuseSource(cloud: Cloud, size: number, { image, snapshot, source }: Origin): void {
  if (snapshot !== undefined && snapshot.status !== 'available') {
    throw new Refusal(400, "Invalid snapshot: Originating snapshot status must be one of 'available' values");
  }
  if (source !== undefined && source.status !== 'available' && source.status !== 'in-use') {
    throw new Refusal(
      400,
      "Invalid volume: Originating source volume status must be one of 'available, in-use' values",
    );
  }
  if (image !== undefined) refuseImage(cloud, size, image);
}

/** `check_image_metadata` of cinder/volume/volume_utils.py, with a GiB of the options' size. */
function refuseImage(cloud: Cloud, size: number, image: Image): void {
  if (image.status !== 'active') throw new Refusal(400, `Invalid input received: Image ${image.id} is not active.`);
  const gib = Math.ceil((image.size ?? 0) / bytesOf(cloud, 1));
  if (gib > size) {
    throw new Refusal(
      400,
      `Invalid input received: Size of specified image ${gib}GB is larger than volume size ${size}GB.`,
    );
  }
  const { min_disk: minDisk } = image.attributes;
  if (size < minDisk) {
    throw new Refusal(
      400,
      `Invalid input received: Volume size ${size}GB cannot be smaller than the image minDisk size ${minDisk}GB.`,
    );
  }
  const virtualGib = Math.ceil((image.virtualSize ?? 0) / bytesOf(cloud, 1));
  if (virtualGib > size) {
    throw new Refusal(
      400,
      `Image ${image.id} is unacceptable: Image virtual size is ${virtualGib}GB and doesn't fit in a volume of size ${size}GB.`,
    );
  }
}

function inheritedType(cloud: Cloud, { snapshot, source }: Origin): VolumeType {
  const id = source?.volumeTypeId ?? snapshot?.volumeTypeId;
  return (id === undefined ? undefined : volumeTypes(cloud).get(id)) ?? defaultVolumeType(cloud);
}

function refuseQuota(call: Call, size: number, type: VolumeType): void {
  const projectId = call.context.projectId ?? '';
  refuseTooLarge(call.cloud, projectId, size);
  refuseOverQuota(call.cloud, { projectId, resource: 'volumes', count: 1, gigabytes: size, typeName: type.name });
}

/** For whom a volume is made. */
interface Owner {
  readonly cloud: Cloud;
  readonly context: Pick<Context, 'projectId' | 'userId'>;
}

function newVolume(call: Owner, body: JsonObject, size: number, type: VolumeType, origin: Origin): Volume {
  const { snapshot, source } = origin;
  const name = body.name ?? body.display_name ?? null;
  const description = body.description ?? body.display_description ?? null;
  return {
    id: call.cloud.newId(),
    projectId: call.context.projectId ?? '',
    userId: call.context.userId,
    status: 'creating',
    previousStatus: undefined,
    size,
    name: typeof name === 'string' ? name.trim() : null,
    description: typeof description === 'string' ? description.trim() : null,
    // One zone; an unknown one falls back to it (allow_availability_zone_fallback, as in the lab).
    availabilityZone: 'nova',
    volumeTypeId: type.id,
    snapshotId: snapshot?.id ?? null,
    sourceVolumeId: source?.id ?? null,
    metadata: textsOf(body.metadata),
    readonly: undefined,
    bootable: source?.bootable ?? (snapshot === undefined ? false : isBootable(call.cloud, snapshot)),
    encryptionKeyId: type.encryption === undefined ? null : call.cloud.newId(),
    multiattach: type.extraSpecs.multiattach === '<is> True',
    imageMetadata: {},
    attachments: [],
    host: null,
    createdAt: call.cloud.now(),
    updatedAt: null,
    payload: zeros(bytesOf(call.cloud, size)),
  };
}

function isBootable(cloud: Cloud, snapshot: Snapshot): boolean {
  return volumes(cloud).get(snapshot.volumeId)?.bootable ?? false;
}

function schedule(cloud: Cloud, volume: Volume, type: VolumeType, origin: Origin): void {
  const finish = (): void => {
    const isReadable = fillVolume(cloud, volume, origin);
    setStatus(cloud, volume, isReadable ? 'available' : 'error');
  };
  later(cloud, () => {
    const backend = type.extraSpecs.volume_backend_name ?? cloud.options.volumeTypes[0] ?? 'lvm';
    volume.host = `${cloud.options.name}@${backend}#${backend}`;
    if (origin.image === undefined) return finish();
    setStatus(cloud, volume, 'downloading');
    later(cloud, finish);
  });
}

/** Gives the volume the bytes and the image metadata of what it is made of; false where it can make nothing of an image. */
function fillVolume(cloud: Cloud, volume: Volume, { image, snapshot, source }: Origin): boolean {
  const converts = image?.attributes.disk_format === 'qcow2';
  if (converts && (cloud.options.imageConversionDisable === true || !isQcow2(image.payload))) return false;
  const packed = converts && image.payload !== undefined ? fromQcow2(image.payload) : image?.payload;
  const origin: Payload | undefined = packed ?? snapshot?.payload ?? source?.payload;
  if (origin !== undefined) volume.payload = resized(origin, volume.payload.size);
  if (snapshot !== undefined && volume.bootable)
    volume.imageMetadata = { ...snapshots(cloud).get(snapshot.id)?.imageMetadata };
  if (source !== undefined && volume.bootable) volume.imageMetadata = { ...source.imageMetadata };
  if (image === undefined) return true;
  volume.imageMetadata = imageMetadataOf(image);
  volume.bootable = true;
  return true;
}

/** What Cinder keeps of an image with the volume: its own properties and seven of Glance's, all as text. */
function imageMetadataOf(image: Image): Record<string, string> {
  const { name, container_format, disk_format, min_disk, min_ram } = image.attributes;
  const metadata: Record<string, string> = {
    ...{ signature_verified: 'False', ...image.properties, image_id: image.id },
  };
  const own = {
    image_name: name,
    checksum: image.checksum,
    container_format,
    disk_format,
    min_disk,
    min_ram,
    size: image.size,
  };
  for (const [key, value] of Object.entries(own)) if (value !== null) metadata[key] = String(value);
  return metadata;
}
