import { later } from './cinder-jobs.ts';
import type { Schema } from './cinder-nova-validation.ts';
import { boolean, isTrue, object, positiveInteger, uuid, validate } from './cinder-nova-validation.ts';
import { toQcow2 } from './cinder-qcow2.ts';
import { refuseOverQuota, refuseTooLarge } from './cinder-quotas.ts';
import type { Volume } from './cinder-rows.ts';
import { bytesOf, cinderTime, needAdmin, volumeOf, volumeTypes } from './cinder-rows.ts';
import { typeRow } from './cinder-types.ts';
import { METADATA, removeVolume, setStatus, textsOf } from './cinder-volumes.ts';
import type { Call, Cloud, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import type { Image } from './glance-image.ts';
import { images, storesOf } from './glance-image.ts';
import { fill } from './glance-data.ts';
import { resized } from './glance-payload.ts';
import { newImage } from './glance-write.ts';

/** POST /volumes/:id/action. */
export function actOnVolume(call: Call): Reply {
  const [name = ''] = Object.keys(isObject(call.body) ? call.body : {});
  const action = ACTIONS[name];
  if (action === undefined) {
    throw new Refusal(
      400,
      `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
    );
  }
  const schema = action.schema?.(call);
  const body = schema === undefined ? call.body : validate(object({ [name]: schema }, [name]), call.body);
  const inner = isObject(body) ? body[name] : undefined;
  return action.run(call, isObject(inner) ? inner : {});
}

interface Action {
  /** The schema of what stands under the action's name; absent where Cinder has none. */
  schema?(call: Call): Schema;
  run(call: Call, body: JsonObject): Reply;
}

const METADATA_KEY: Schema = { type: 'string', minLength: 1, maxLength: 255 };
const ATTACH: Schema = {
  ...object(
    {
      instance_uuid: uuid,
      mountpoint: { type: 'string', minLength: 1, maxLength: 255 },
      host_name: { type: 'string', maxLength: 255 },
      mode: { type: 'string', enum: ['rw', 'ro'] },
    },
    ['mountpoint'],
  ),
  anyOf: [{ required: ['instance_uuid'] }, { required: ['host_name'] }],
};
const UPLOAD: Record<string, Schema> = {
  image_name: { type: 'string', minLength: 1, maxLength: 255 },
  force: boolean,
  disk_format: { type: 'string', enum: ['raw', 'vmdk', 'vdi', 'qcow2', 'vhd', 'vhdx', 'ploop'] },
  container_format: { type: ['string', 'null'], minLength: 0, maxLength: 255 },
};
const UPLOAD_31: Record<string, Schema> = {
  ...UPLOAD,
  visibility: { type: 'string', enum: ['community', 'public', 'private', 'shared'] },
  protected: boolean,
};

const ACTIONS: Readonly<Record<string, Action>> = {
  'os-volume_upload_image': {
    schema: (call) => object(call.atLeast('3.1') ? UPLOAD_31 : UPLOAD, ['image_name']),
    run: uploadVolume,
  },
  'os-set_bootable': {
    schema: () => object({ bootable: boolean }, ['bootable']),
    run: (call, body) => {
      const volume = volumeOf(call);
      volume.bootable = isTrue(body.bootable);
      volume.updatedAt = call.cloud.now();
      return { status: 200 };
    },
  },
  'os-set_image_metadata': {
    schema: () => object({ metadata: { ...METADATA, patternProperties: IMAGE_METADATA } }, ['metadata']),
    run: (call, body) => {
      const volume = changeable(call);
      Object.assign(volume.imageMetadata, textsOf(body.metadata));
      return { status: 200, body: { metadata: { ...volume.imageMetadata } } };
    },
  },
  'os-show_image_metadata': {
    run: (call) => ({ status: 200, body: { metadata: { ...volumeOf(call).imageMetadata } } }),
  },
  'os-unset_image_metadata': {
    schema: () => object({ key: METADATA_KEY }, ['key']),
    run: (call, body) => {
      const volume = volumeOf(call);
      const key = String(body.key);
      if (volume.imageMetadata[key] === undefined) {
        throw new Refusal(404, `Glance metadata for volume/snapshot ${volume.id} cannot be found.`);
      }
      delete volume.imageMetadata[key];
      return { status: 200 };
    },
  },
  'os-update_readonly_flag': {
    schema: () => object({ readonly: boolean }, ['readonly']),
    run: (call, body) => {
      const volume = volumeOf(call);
      if (volume.status !== 'available') {
        throw new Refusal(
          400,
          `Invalid volume: Volume ${volume.id} status must be available to update readonly flag, but current status is: ${volume.status}.`,
        );
      }
      volume.readonly = isTrue(body.readonly) ? 'True' : 'False';
      return { status: 202 };
    },
  },
  'os-extend': { schema: () => object({ new_size: positiveInteger }, ['new_size']), run: extendVolume },
  'os-reset_status': {
    run: (call, body) => {
      needAdmin(call, 'volume_extension:volume_admin_actions:reset_status');
      const status = String(body.status).toLowerCase();
      if (!STATUSES.includes(status)) {
        const valid = STATUSES.map((word) => `'${word}'`).join(', ');
        throw new Refusal(400, `Volume status: ${status} is invalid, valid statuses are: (${valid}).`);
      }
      setStatus(call.cloud, volumeOf(call), status);
      return { status: 202 };
    },
  },
  'os-force_delete': {
    run: (call) => {
      needAdmin(call, 'volume_extension:volume_admin_actions:force_delete');
      removeVolume(call.cloud, volumeOf(call));
      return { status: 202 };
    },
  },
  'os-reserve': {
    run: (call) => {
      const volume = volumeOf(call);
      const allowed = volume.multiattach ? ['available', 'in-use'] : ['available'];
      if (!allowed.includes(volume.status)) {
        throw new Refusal(
          400,
          `Invalid volume: Volume status must be ${allowed.join(' or ')} to reserve, but the status is ${volume.status}.`,
        );
      }
      setStatus(call.cloud, volume, 'attaching');
      return { status: 202 };
    },
  },
  'os-unreserve': {
    run: (call) => {
      const volume = volumeOf(call);
      if (volume.status === 'attaching') {
        setStatus(call.cloud, volume, volume.attachments.length > 0 ? 'in-use' : 'available');
      }
      return { status: 202 };
    },
  },
  'os-attach': { schema: () => ATTACH, run: attachVolume },
  'os-detach': {
    schema: () => ({
      ...object({ attachment_id: { oneOf: [uuid, { type: 'null' }] } }),
      type: ['object', 'null'],
    }),
    run: (call, body) => {
      const volume = volumeOf(call);
      const id = body.attachment_id;
      volume.attachments = typeof id === 'string' ? volume.attachments.filter((one) => one.id !== id) : [];
      if (volume.attachments.length === 0) setStatus(call.cloud, volume, 'available');
      return { status: 202 };
    },
  },
  'os-begin_detaching': {
    run: (call) => {
      const volume = volumeOf(call);
      if (volume.status !== 'in-use') {
        throw new Refusal(
          400,
          "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
        );
      }
      setStatus(call.cloud, volume, 'detaching');
      return { status: 202 };
    },
  },
  'os-roll_detaching': {
    run: (call) => {
      const volume = volumeOf(call);
      if (volume.status === 'detaching') setStatus(call.cloud, volume, 'in-use');
      return { status: 202 };
    },
  },
};

const IMAGE_METADATA: Record<string, Schema> = { '^[a-zA-Z0-9-_:. /]{1,255}$': { type: 'string' } };

const STATUSES = [
  ...['creating', 'available', 'deleting', 'error', 'error_deleting', 'error_managing', 'managing', 'attaching'],
  ...['in-use', 'detaching', 'maintenance', 'restoring-backup', 'error_restoring', 'reserved', 'awaiting-transfer'],
  ...['backing-up', 'error_backing-up', 'error_extending', 'downloading', 'uploading', 'retyping', 'extending'],
];

function changeable(call: Call): Volume {
  const volume = volumeOf(call);
  if (volume.status !== 'uploading' && volume.status !== 'maintenance') return volume;
  throw new Refusal(
    400,
    `Invalid volume: Updating volume metadata is not allowed for volumes in ${volume.status} status.`,
  );
}

/** Image metadata that an image made of the volume does not get as properties (cinder's glance_core_properties). */
const CORE_PROPERTIES = [
  ...['checksum', 'container_format', 'disk_format', 'image_name', 'image_id', 'min_disk', 'min_ram', 'name', 'size'],
];

/** Beginnings of names that no image made of a volume gets (cinder/image/image_utils.py); Zed lets one more through. */
const RESERVED_NAMESPACES = {
  zed: ['os_glance', 'img_signature'],
  epoxy: ['os_glance', 'img_signature', 'signature_verified'],
} as const;

/**
 * The volume's bytes as a new image of the caller's project. `force` is ignored unless the operator has set
 * enable_force_upload: by default a volume in use cannot be read.
 */
function uploadVolume(call: Call, body: JsonObject): Reply {
  const volume = volumeOf(call);
  const diskFormat = String(body.disk_format ?? 'raw');
  if (diskFormat !== 'raw' && diskFormat !== 'qcow2')
    throw new Refusal(501, `the fake cloud does not convert a volume to ${diskFormat}`);
  if (body.visibility === 'public') needAdmin(call, 'volume_extension:volume_actions:upload_public');
  const forced = isTrue(body.force ?? false) && call.cloud.options.enableForceUpload === true;
  const allowed = forced ? ['available', 'in-use'] : ['available'];
  if (!allowed.includes(volume.status)) {
    throw new Refusal(400, `Invalid volume: Volume ${volume.id} status must be ${allowed.join(' or ')}`);
  }
  const updatedAt = cinderTime(volume.updatedAt);
  const image = imageFor(call, volume, body);
  refuseEmptyProperties(call, volume, image);
  volume.previousStatus = volume.status;
  setStatus(call.cloud, volume, 'uploading');
  images(call.cloud).set(image.id, image);
  later(call.cloud, () => {
    current(call.cloud, image).status = 'saving';
    later(call.cloud, () => finishUpload(call.cloud, volume, image));
  });
  return { status: 202, body: { 'os-volume_upload_image': uploadView(call, volume, image, updatedAt) } };
}

/** Epoxy sends Glance empty `properties` for a volume whose image metadata are all Glance's own, and Glance refuses. */
function refuseEmptyProperties(call: Call, volume: Volume, image: Image): void {
  if (call.cloud.options.release !== 'epoxy' || Object.keys(volume.imageMetadata).length === 0) return;
  if (Object.keys(image.properties).length > 0) return;
  throw new Refusal(400, `Unable to set 'properties' to {}. Reason: {} is not of type 'string'`);
}

function imageFor(call: Call, volume: Volume, body: JsonObject): Image {
  const image = newImage(call, call.cloud.newId(), {
    name: String(body.image_name),
    visibility: visibilityOf(call, body.visibility),
    protected: isTrue(body.protected ?? false),
    os_hidden: false,
    owner: call.context.projectId ?? null,
    disk_format: String(body.disk_format ?? 'raw'),
    container_format: String(body.container_format ?? 'bare'),
    min_disk: 0,
    min_ram: 0,
  });
  const reserved = RESERVED_NAMESPACES[call.cloud.options.release];
  for (const [key, value] of Object.entries(volume.imageMetadata)) {
    if (!CORE_PROPERTIES.includes(key) && !reserved.some((start) => key.startsWith(start)))
      image.properties[key] = value;
  }
  return image;
}

/** Before 3.1 Cinder leaves the visibility to Glance's default. */
function visibilityOf(call: Call, asked: Json | undefined): Image['attributes']['visibility'] {
  if (asked === 'public' || asked === 'community' || asked === 'shared') return asked;
  return call.atLeast('3.1') ? 'private' : 'shared';
}

/** What it may not convert it takes back: the image is gone, and only a message of its own says why. */
function finishUpload(cloud: Cloud, volume: Volume, image: Image): void {
  const converts = image.attributes.disk_format === 'qcow2';
  if (converts && cloud.options.imageConversionDisable === true) images(cloud).delete(image.id);
  if (images(cloud).has(image.id)) {
    const payload = converts ? toQcow2(volume.payload) : volume.payload;
    fill({ cloud }, current(cloud, image), payload, storesOf(cloud)[0]);
  }
  if (volume.status === 'uploading') setStatus(cloud, volume, volume.previousStatus ?? 'available');
  volume.previousStatus = undefined;
}

/** The row as it is now: a PATCH replaces it. */
function current(cloud: Cloud, image: Image): Image {
  return images(cloud).get(image.id) ?? image;
}

function uploadView(call: Call, volume: Volume, image: Image, updatedAt: string | null): JsonObject {
  const type = volumeTypes(call.cloud).get(volume.volumeTypeId);
  return {
    id: volume.id,
    updated_at: updatedAt,
    status: 'uploading',
    display_description: volume.description,
    size: volume.size,
    volume_type: type === undefined ? null : typeRow(type),
    image_id: image.id,
    container_format: image.attributes.container_format,
    disk_format: image.attributes.disk_format,
    image_name: image.attributes.name,
    protected: image.attributes.protected,
    visibility: image.attributes.visibility,
  };
}

function extendVolume(call: Call, body: JsonObject): Reply {
  const volume = volumeOf(call);
  const size = Number(body.new_size);
  if (size <= volume.size) {
    throw new Refusal(
      400,
      `Invalid input received: New size for extend must be greater than current size. (current: ${volume.size}, extended: ${size}).`,
    );
  }
  const expected = call.atLeast('3.42') && volume.status === 'in-use' ? 'in-use' : 'available';
  if (volume.status !== expected) {
    throw new Refusal(
      400,
      `Invalid volume: Volume ${volume.id} status must be '{'status': '${expected}'}' to extend, currently ${volume.status}.`,
    );
  }
  const typeName = volumeTypes(call.cloud).get(volume.volumeTypeId)?.name ?? '';
  const { projectId } = volume;
  refuseTooLarge(call.cloud, projectId, size);
  const gigabytes = size - volume.size;
  refuseOverQuota(call.cloud, { projectId, resource: 'volumes', count: 0, gigabytes, typeName });
  setStatus(call.cloud, volume, 'extending');
  later(call.cloud, () => {
    volume.size = size;
    volume.payload = resized(volume.payload, bytesOf(call.cloud, size));
    setStatus(call.cloud, volume, expected);
  });
  return { status: 202 };
}

function attachVolume(call: Call, body: JsonObject): Reply {
  const volume = volumeOf(call);
  const mode = body.mode ?? 'rw';
  if (volume.readonly === 'True' && mode !== 'ro') {
    throw new Refusal(400, `Invalid attaching mode '${String(mode)}' for volume ${volume.id}.`);
  }
  if (volume.status !== 'available' && volume.status !== 'attaching') {
    throw new Refusal(
      400,
      `Error attaching volume - InvalidVolume: Invalid volume: volume ${volume.id} is already attached`,
    );
  }
  volume.readonly ??= 'False';
  volume.attachments.push({
    id: call.cloud.newId(),
    serverId: typeof body.instance_uuid === 'string' ? body.instance_uuid : null,
    hostName: typeof body.host_name === 'string' ? body.host_name : null,
    device: String(body.mountpoint),
    attachedAt: call.cloud.now(),
  });
  setStatus(call.cloud, volume, 'in-use');
  return { status: 202 };
}
