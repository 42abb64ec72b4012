import { makeVolume } from './cinder-create-volume.ts';
import type { Volume } from './cinder-rows.ts';
import { snapshots, volumes } from './cinder-rows.ts';
import { removeVolume, setStatus } from './cinder-volumes.ts';
import type { Cloud } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Device, Server } from './nova-server-rows.ts';
import { computeHost } from './nova-server-rows.ts';

/** Makes the volumes of the disks that want one. The server waits until they are available. */
export function makeVolumes(cloud: Cloud, server: Server): void {
  for (const device of server.devices) {
    if (device.destination !== 'volume' || device.volumeId !== null) continue;
    const { source, sourceId, size, volumeType } = device;
    const snapshot = source === 'snapshot' ? snapshots(cloud).get(sourceId ?? '') : undefined;
    const volume = makeVolume(cloud, {
      name: source === 'blank' ? `${server.id}-blank-vol` : '',
      description: '',
      projectId: server.projectId,
      userId: server.userId,
      size: size ?? snapshot?.size ?? 1,
      typeName: volumeType,
      imageId: source === 'image' ? sourceId : null,
      snapshotId: snapshot?.id ?? null,
    });
    device.volumeId = volume.id;
  }
}

/** True when all volumes of a server can be attached. Throws a refusal when one never will be. */
export function areVolumesReady(cloud: Cloud, server: Server): boolean {
  return volumesOf(cloud, server).every(([, volume]) => {
    if (volume.status === 'error') throw new Refusal(400, `Volume ${volume.id} is in error.`);
    return volume.status === 'available' || volume.status === 'reserved' || volume.status === 'in-use';
  });
}

/** Attaches all volumes of a server. */
export function attachVolumes(cloud: Cloud, server: Server): void {
  for (const [device, volume] of volumesOf(cloud, server)) attachDevice(cloud, server, device, volume);
}

/** Attaches one volume: Cinder shows it in use. */
export function attachDevice(cloud: Cloud, server: Server, device: Device, volume: Volume): void {
  device.attachmentId = cloud.newId();
  volume.attachments.push({
    id: device.attachmentId,
    serverId: server.id,
    hostName: computeHost(cloud),
    device: device.name ?? '',
    attachedAt: cloud.now(),
  });
  setStatus(cloud, volume, 'in-use');
}

/**
 * Lets go of a server's volumes, and deletes those that go with it. One with snapshots stays, without a word, as Cinder
 * refuses its deletion.
 */
export function detachVolumes(cloud: Cloud, server: Server): void {
  for (const [device, volume] of volumesOf(cloud, server)) {
    detachDevice(cloud, device, volume);
    const hasSnapshots = [...snapshots(cloud).values()].some(({ volumeId }) => volumeId === volume.id);
    if (device.deleteOnTermination && !hasSnapshots && volume.attachments.length === 0) removeVolume(cloud, volume);
  }
}

/** Detaches one volume. */
export function detachDevice(cloud: Cloud, device: Device, volume: Volume): void {
  volume.attachments = volume.attachments.filter(({ id }) => id !== device.attachmentId);
  if (volume.attachments.length === 0 && volume.status !== 'creating') setStatus(cloud, volume, 'available');
}

function volumesOf(cloud: Cloud, server: Server): (readonly [Device, Volume])[] {
  return server.devices.flatMap((device) => {
    const volume = volumes(cloud).get(device.volumeId ?? '');
    return volume === undefined ? [] : [[device, volume] as const];
  });
}
