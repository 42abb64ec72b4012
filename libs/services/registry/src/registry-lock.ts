import path from 'node:path';
import { Failure } from '@osm/kernel';
import Database from 'better-sqlite3';
import { keepPrivate } from './keep-private.ts';

/**
 * Keeps a directory's registry for this process; answers what lets others in again. The lock is the operating system's,
 * on a file that SQLite holds open, so it ends with the process, however that ends. Raises `registry-in-use`.
 */
export const lockRegistry = (dataDirectory: string): (() => void) => {
  keepPrivate(path.join(dataDirectory, 'registry-lock.db'));
  const lock = new Database(path.join(dataDirectory, 'registry-lock.db'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new Failure('registry-in-use', `cannot write the registry in ${dataDirectory}: another process does`, {
      remedy: 'Give each registry a data directory of its own, or stop the other one.',
      cause: error,
    });
  }
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
};
