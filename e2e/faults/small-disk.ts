import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A disk of its own, in memory, so small that it can be filled. */
export interface SmallDisk {
  readonly folder: string;
  free(): number;
  /** Fills it up to so many bytes that stay free. */
  fill(free: number): void;
  /** Makes room again. */
  empty(): void;
  unmount(): void;
}

/** Mounts one; raises, with the system's words, where this user may not. */
export const mountSmallDisk = (folder: string, mebibytes: number): SmallDisk => {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  const filler = path.join(folder, 'filler');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    free,
    fill: (left) => {
      const fd = openSync(filler, 'a');
      try {
        while (free() > left) writeSync(fd, Buffer.alloc(Math.min(free() - left, 64 * 1024)));
      } finally {
        closeSync(fd);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
