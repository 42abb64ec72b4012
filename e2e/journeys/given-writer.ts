import { existsSync, globSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from '@osm/resource';
import { readVolume, writeVolume, type FakeCloud } from '@osm/testing/fake-openstack';
import type { End } from '@osm/testing/harness';

/** Bytes of one entry of the journal. */
export const entryBytes = 512;

/** Entry number `n`: the number, and a pattern that goes with it. */
export const entryOf = (n: number): Buffer => {
  const entry = Buffer.alloc(entryBytes, n % 251);
  entry.writeUInt32BE(n, 0);
  return entry;
};

/**
 * A guest that writes a journal for as long as it runs: each entry at the end of its disk first, then at the beginning. In
 * a copy of one moment both are of the same entry, or the one at the end is one ahead; in a copy that was read from
 * front to back while the guest went on, the end is far ahead.
 */
export interface GuestWriter {
  /** The number of the last whole entry. */
  last(): number;
  stop(): Promise<void>;
}

/** Starts writing; every entry is waited for. */
export const startWriter = (
  write: (bytes: Buffer, offset: number) => Promise<void> | void,
  size: number,
): GuestWriter => {
  let last = 0;
  let isRunning = true;
  const work = async (): Promise<void> => {
    while (isRunning) {
      const entry = entryOf(last + 1);
      await write(entry, size - entryBytes);
      await write(entry, 0);
      last += 1;
      await pause(5);
    }
  };
  const done = work();
  return {
    last: () => last,
    stop: () => {
      isRunning = false;
      return done;
    },
  };
};

/** How a guest writes to a volume, and what it reads there. */
export interface GuestDisk {
  readonly size: number;
  write(bytes: Buffer, offset: number): Promise<void> | void;
}

/** Where the lab keeps the volumes of its clouds, as files beside `clouds.yaml`; no other real cloud lets a test so far in. */
const labVolumes = (file: string | undefined): string | undefined => {
  const folder = path.join(path.dirname(file ?? '.'), 'state');
  return file !== undefined && existsSync(folder) ? folder : undefined;
};

/** Whether a test may write what a guest would write: into fake clouds, and into those of the lab. */
export const guestsCanWrite =
  process.env['OSM_E2E_CLOUDS'] !== 'lab' || labVolumes(process.env['OS_CLIENT_CONFIG_FILE']) !== undefined;

/** The disk of a volume as its guest has it. */
export const guestDisk = ({ fake }: End, volumeId: string): GuestDisk => {
  if (fake !== undefined) return fakeDisk(fake, volumeId);
  const folder = labVolumes(process.env['OS_CLIENT_CONFIG_FILE']);
  const [file] = folder === undefined ? [] : globSync(path.join(folder, '*', 'cinder', '*', `volume-${volumeId}`));
  if (file === undefined) throw new Error(`there is no file of volume ${volumeId} to write to`);
  return {
    size: 1024 ** 3,
    write: async (bytes, offset) => {
      const handle = await open(file, 'r+');
      try {
        await handle.write(bytes, 0, bytes.length, offset);
      } finally {
        await handle.close();
      }
    },
  };
};

const fakeDisk = (fake: FakeCloud, volumeId: string): GuestDisk => ({
  size: readVolume(fake, volumeId).length,
  write: (bytes, offset) => writeVolume(fake, volumeId, bytes, offset),
});

/** Says that a server has the volume, as Nova would. */
export const attach = async (cloud: Cloud, volumeId: string, serverId: string): Promise<void> => {
  const body = { 'os-attach': { instance_uuid: serverId, mountpoint: '/dev/vdb', mode: 'rw' } };
  await cloud.send('block-storage', { method: 'POST', path: `/volumes/${volumeId}/action`, body });
};

/** Takes that back, so that the volume can go. */
export const detach = async (cloud: Cloud, volumeId: string): Promise<void> => {
  const body = { 'os-detach': {} };
  await cloud.send('block-storage', { method: 'POST', path: `/volumes/${volumeId}/action`, body });
};
