import path from 'node:path';
import Database from 'better-sqlite3';
import { Failure } from '@osm/kernel';
import { chainHash, genesis } from '@osm/event-log';
import type { EventRow } from './event-row.ts';
import { sqliteFailure } from './sqlite-failure.ts';

/** How far a log goes, as something to note elsewhere: a log that is later shorter or different went backwards. */
export interface ChainHead {
  /** The position of the newest event, 0 for an empty log. */
  readonly position: number;
  /** Its hash, hexadecimal. */
  readonly hash: string;
}

/**
 * Computes all hashes of the log in a directory anew. Raises the failure `event-log-tampered` with the first position
 * whose row is not the one that was written.
 */
export const checkChain = (directory: string): ChainHead => {
  const file = path.join(directory, 'events.db');
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    return walk(db, file);
  } catch (error) {
    throw sqliteFailure(error, file);
  } finally {
    db?.close();
  }
};

const walk = (db: Database.Database, file: string): ChainHead => {
  let head = { position: 0, hash: genesis };
  for (const row of db.prepare<[], EventRow>('SELECT * FROM events ORDER BY position').iterate()) {
    const hash = chainHash(head.hash, row);
    if (!hash.equals(row.hash)) throw tampered(file, row.position);
    head = { position: row.position, hash };
  }
  return { position: head.position, hash: head.hash.toString('hex') };
};

/** A row that is not what its hash says. */
export const tampered = (file: string, position: number): Failure =>
  new Failure(
    'event-log-tampered',
    `cannot trust ${file}: the event at position ${position} is not as it was written`,
    {
      remedy: 'Stop all processes and restore the log from its archive: openstack-migrate recover --from-archive.',
    },
  );
