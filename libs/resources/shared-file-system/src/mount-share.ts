import { Failure, isFailure } from '@osm/kernel';
import { mkdir, rmdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runAsRoot } from './as-root.ts';
import { tryAll } from './try-all.ts';

/** Where the shares of one copy are mounted. */
export interface MountPoints {
  readonly folder: string;
  readonly source: string;
  readonly destination: string;
}

/** Where the shares of one copy are mounted: a directory of its own below `temporary_migration_dir`. */
export const mountPoints = (temporaryDir: string, marker: string): MountPoints => {
  const home = temporaryDir === '~' || temporaryDir.startsWith('~/') ? homedir() : '';
  const folder = path.resolve(home === '' ? temporaryDir : path.join(home, temporaryDir.slice(1)), marker);
  return { folder, source: path.join(folder, 'source'), destination: path.join(folder, 'destination') };
};

/** Mounts an NFS export. What lies on it is data: no program and no device of it works here. */
export const mountShare = async (
  device: string,
  directory: string,
  access: 'ro' | 'rw',
  signal: AbortSignal,
): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // A server that is gone shall fail the copy, not hang it for ever: every copy is read back and compared.
  const options = `${access},nosuid,nodev,noexec,soft,timeo=600,retrans=5`;
  await runAsRoot(
    'mount',
    ['-t', 'nfs', '-o', options, device, directory],
    signal,
    'Look whether this host reaches the share’s server, has an NFS client (nfs-common), and whether the server lets it in under the address of manila_local_access_ip. Then retry.',
  );
};

/**
 * Unmounts whatever is mounted at a directory, and removes it. What is not there is gone already; what is busy for a moment
 * is tried again.
 */
export const unmountShare = async (directory: string, signal: AbortSignal): Promise<void> => {
  const remedy = `Look what uses ${directory} on this host, unmount it with umount, then retry.`;
  let refused: Failure | undefined;
  for (let tries = 0; tries < 5; tries++) {
    // The kernel removes no directory that something is mounted at: no other question is needed.
    if (await isRemoved(directory)) return;
    // Several may be mounted there, one above the other: only what was busy is waited for.
    if (refused !== undefined) await pause(500, undefined, { signal });
    refused = undefined;
    try {
      await runAsRoot('umount', [directory], signal, remedy);
    } catch (error) {
      if (!isFailure(error) || error.code !== 'machine-refused' || signal.aborted) throw error;
      refused = error;
    }
  }
  if (await isRemoved(directory)) return;
  if (refused !== undefined) throw refused;
  throw new Failure('still-mounted', `${directory} is still mounted on this host`, {
    remedy: `Unmount it with umount ${directory} until it says that it is not mounted, then retry.`,
  });
};

/** Unmounts both shares of a copy; one that stays keeps the other one from nothing. */
export const unmountBoth = async (points: MountPoints, signal: AbortSignal): Promise<void> => {
  await tryAll(
    () => unmountShare(points.source, signal),
    () => unmountShare(points.destination, signal),
  );
  await isRemoved(points.folder);
};

const isRemoved = async (directory: string): Promise<boolean> => {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      if (error.code === 'ENOENT') return true;
      if (error.code === 'EBUSY' || error.code === 'ENOTDIR' || error.code === 'ENOTEMPTY') return false;
    }
    throw error;
  }
};
