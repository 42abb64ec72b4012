import { existsSync } from 'node:fs';
import { Failure } from '@osm/kernel';
import Database from 'better-sqlite3';
import { projectionRules } from './projection-rules.ts';
import { registryFile } from './registry-file.ts';
import { registryQueries, type RegistryQueries } from './registry-queries.ts';

/** The registry's database, open for reading. */
export interface RegistryReader extends RegistryQueries {
  close(): void;
}

/**
 * Reads the database of a data directory, also while another process writes it. It tells as much as was projected when
 * each query is asked. Raises `no-registry` where there is none, `registry-unreadable` where it cannot be read: both
 * end when a process with the registry has started.
 */
export const openRegistryReader = (dataDirectory: string): RegistryReader => {
  const file = registryFile(dataDirectory);
  if (!existsSync(file)) {
    throw new Failure('no-registry', `cannot read ${file}: there is none`, {
      remedy: 'Name the data directory that openstack-migrate has worked in.',
    });
  }
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, timeout: 5000 });
    const rules = db.prepare<[], number>('SELECT rules FROM checkpoint').pluck().get();
    if (rules !== projectionRules) throw unreadable(file, 'another version of openstack-migrate made it');
    const open = db;
    return { ...registryQueries(db), close: () => open.close() };
  } catch (error) {
    db?.close();
    throw error instanceof Database.SqliteError ? unreadable(file, `${error.message} (${error.code})`, error) : error;
  }
};

const unreadable = (file: string, why: string, cause?: unknown): Failure =>
  new Failure('registry-unreadable', `cannot read ${file}: ${why}`, {
    remedy: 'Run `openstack-migrate registry rebuild`: everything in it is made from the event log.',
    cause,
  });
