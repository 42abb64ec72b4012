import { later } from './cinder-jobs.ts';
import { snapshotVolume } from './cinder-snapshots.ts';
import { volumes } from './cinder-rows.ts';
import type { Call, Cloud, Json, JsonObject, Reply } from './frame.ts';
import { fill } from './glance-data.ts';
import type { Image } from './glance-image.ts';
import { images, storesOf } from './glance-image.ts';
import { zeros } from './glance-payload.ts';
import { newImage } from './glance-write.ts';
import { metadataOf } from './nova-create-server.ts';
import type { Device, Server } from './nova-server-rows.ts';
import { needState, serverOf, servers } from './nova-server-rows.ts';

/** The action createImage: an image of the root disk, or for a server booted from a volume one that names snapshots. */
export function createImage(call: Call, body: JsonObject): Reply {
  const server = serverOf(call);
  needState(server, 'createImage', ['active', 'stopped', 'paused', 'suspended']);
  const isFromVolume = server.devices.some((device) => device.bootIndex === 0 && device.destination === 'volume');
  const image = isFromVolume ? imageOfVolumes(call, server, body) : imageOfDisk(call, server, body);
  if (call.atLeast('2.45')) return { status: 202, body: { image_id: image.id } };
  return { status: 202, headers: { Location: `${call.cloud.url}/image//images/${image.id}` } };
}

function imageOfDisk(call: Call, server: Server, body: JsonObject): Image {
  const { cloud } = call;
  const image = emptyImage(call, server, body, {
    ...{ instance_uuid: server.id, user_id: call.context.userId, image_type: 'snapshot' },
  });
  const states = ['image_snapshot_pending', 'image_snapshot', 'image_pending_upload', 'image_uploading'];
  const advance = ([state, ...rest]: readonly string[]): void => {
    if (state === undefined) return upload(cloud, server, image.id);
    server.taskState = state;
    later(cloud, () => {
      if (servers(cloud).get(server.id) === server && server.taskState === state) advance(rest);
    });
  };
  advance(states);
  return image;
}

function upload(cloud: Cloud, server: Server, imageId: string): void {
  server.taskState = null;
  const image = images(cloud).get(imageId);
  if (image === undefined || server.disk === undefined) return;
  Object.assign(image.attributes, { disk_format: server.diskFormat, container_format: 'bare' });
  Object.assign(image.properties, { image_location: 'snapshot', image_state: 'available', owner_id: server.projectId });
  fill({ cloud }, image, server.disk, storesOf(cloud)[0]);
}

/** No bytes: snapshots of all volumes, and in the image a list of what a server made of it has to attach. */
function imageOfVolumes(call: Call, server: Server, body: JsonObject): Image {
  const root = server.devices.find(({ bootIndex }) => bootIndex === 0);
  const mapping = server.devices.map((device) => mappingOf(call, device, String(body.name)));
  const image = emptyImage(call, server, body, {
    ...(root?.name === undefined || root.name === null ? {} : { root_device_name: root.name }),
    ...{ block_device_mapping: JSON.stringify(mapping), bdm_v2: 'True' },
  });
  const format = call.cloud.options.release === 'epoxy' ? 'raw' : 'qcow2';
  Object.assign(image.attributes, { disk_format: format, container_format: 'bare', min_disk: 0, min_ram: 0 });
  fill(call, image, zeros(0), storesOf(call.cloud)[0]);
  return image;
}

function mappingOf(call: Call, device: Device, name: string): Json {
  const volume = volumes(call.cloud).get(device.volumeId ?? '');
  const described = { name: `snapshot for ${name}`, description: volume?.description ?? null };
  const snapshot = volume === undefined ? undefined : snapshotVolume(call, volume, described);
  return {
    ...{ source_type: snapshot === undefined ? device.source : 'snapshot', snapshot_id: snapshot?.id ?? null },
    ...{ boot_index: device.bootIndex, destination_type: device.destination, device_name: device.name },
    ...{ delete_on_termination: device.deleteOnTermination, volume_size: volume?.size ?? device.size },
    ...{ device_type: device.deviceType, disk_bus: device.diskBus, guest_format: device.guestFormat },
    ...{ volume_id: null, image_id: null, no_device: null, tag: null, volume_type: null, encrypted: null },
    ...{ encryption_secret_uuid: null, encryption_format: null, encryption_options: null },
  };
}

/** Properties that are Glance's attributes, and that Nova keeps among those of the image. */
const ATTRIBUTES = ['min_ram', 'min_disk', 'disk_format', 'container_format'];

/** An image without bytes, of the caller's project; that of another project's server is shared with it. */
function emptyImage(call: Call, server: Server, body: JsonObject, extra: Record<string, string>): Image {
  const { cloud, context } = call;
  const isForeign = context.projectId !== server.projectId;
  const { min_ram: minRam, min_disk: minDisk } = server.imageProperties;
  const image = newImage(call, cloud.newId(), {
    ...{ name: String(body.name), visibility: isForeign ? 'shared' : 'private', protected: false, os_hidden: false },
    ...{ owner: context.projectId ?? null, disk_format: null, container_format: null },
    ...{ min_disk: Number(minDisk ?? 0), min_ram: Number(minRam ?? 0) },
  });
  for (const [key, value] of Object.entries({ ...server.imageProperties, ...extra, ...metadataOf(body.metadata) })) {
    if (!ATTRIBUTES.includes(key)) image.properties[key] = value;
  }
  const now = cloud.now();
  if (isForeign) {
    const member = { memberId: server.projectId, status: 'pending', createdAt: now, updatedAt: now } as const;
    image.members.set(server.projectId, member);
  }
  images(cloud).set(image.id, image);
  return image;
}
