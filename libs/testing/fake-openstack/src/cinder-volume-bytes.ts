import { catchUp } from './cinder-jobs.ts';
import type { Volume } from './cinder-rows.ts';
import { volumes } from './cinder-rows.ts';
import type { Cloud } from './frame.ts';
import { blocksOf, written } from './glance-payload.ts';

/**
 * Writes into a volume what a guest would write. Bytes beyond the volume's size are left out.
 * Throws when the cloud has no such volume.
 */
export function writeVolume(cloud: Cloud, volumeId: string, bytes: Uint8Array, offset = 0): void {
  const volume = known(cloud, volumeId);
  volume.payload = written(volume.payload, offset, bytes);
}

/** All bytes of a volume, as a guest would read them. Throws when the cloud has no such volume. */
export function readVolume(cloud: Cloud, volumeId: string): Buffer {
  return Buffer.concat([...blocksOf(known(cloud, volumeId).payload)]);
}

function known(cloud: Cloud, volumeId: string): Volume {
  catchUp(cloud);
  const volume = volumes(cloud).get(volumeId);
  if (volume === undefined) throw new Error(`the fake cloud ${cloud.options.name} has no volume ${volumeId}`);
  return volume;
}
