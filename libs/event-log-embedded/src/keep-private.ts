import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';

/**
 * Makes a file of SQLite's one that only this user reads, before anything is in it; what SQLite keeps beside it gets the
 * same. Files of before are mended.
 */
export const keepPrivate = (file: string): void => {
  closeSync(openSync(file, 'a', 0o600));
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) chmodSync(each, 0o600);
};
