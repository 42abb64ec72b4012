import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';

/** The power of one machine: what its programs have not made sure of is lost when it is cut. */
export interface Power {
  /** The environment of programs that run on it. */
  readonly env: { readonly [name: string]: string };
  /** After its programs were killed: leaves of each file what was last synced of it; answers how many files lost something. */
  cut(directory: string): number;
  /** Makes sure of all files as they are: programs that did not run on it have written to them. */
  sync(directory: string): void;
}

/** Makes one; raises, with the compiler's words, where there is no C compiler. */
export const openPower = (folder: string): Power => {
  const library = path.join(folder, 'synced-copies.so');
  const source = path.join(import.meta.dirname, 'synced-copies.c');
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'pipe' });
  const copies = path.join(folder, 'synced');
  mkdirSync(copies);
  const cutFile = (file: string): number => {
    const { ino, size } = statSync(file);
    const copy = path.join(copies, String(ino));
    if (!existsSync(copy)) {
      truncateSync(file);
      return size > 0 ? 1 : 0;
    }
    const lost = statSync(copy).size !== size || !sameBytes(copy, file);
    copyFileSync(copy, file);
    return lost ? 1 : 0;
  };
  const sync = (directory: string): void => {
    // Another file may get the number of one that is gone.
    rmSync(copies, { recursive: true });
    mkdirSync(copies);
    for (const each of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const file = path.join(each.parentPath, each.name);
      if (each.isFile()) copyFileSync(file, path.join(copies, String(statSync(file).ino)));
    }
  };
  return {
    env: { LD_PRELOAD: library, SYNCED_COPIES: copies },
    cut: (directory) => {
      let lost = 0;
      for (const each of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        const file = path.join(each.parentPath, each.name);
        // Shared memory: no power cut leaves any.
        if (file.endsWith('-shm')) rmSync(file);
        else if (each.isFile() && !file.endsWith('config.yaml')) lost += cutFile(file);
      }
      sync(directory);
      return lost;
    },
    sync,
  };
};

const sameBytes = (one: string, other: string): boolean => {
  try {
    execFileSync('cmp', ['-s', one, other]);
    return true;
  } catch {
    // It ends with 1 where they differ.
    return false;
  }
};
