import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Failure, isJsonObject } from '@osm/kernel';
import { keepPrivate } from './keep-private.ts';
import { sqliteFailure } from './sqlite-failure.ts';

/** Lets others in again. */
export type Unlock = () => void;

/**
 * Keeps a directory for this process. The lock is the operating system's, on a file that SQLite holds open: it ends with
 * the process, however that ends, so no lock is ever stale and no other process's id is mistaken for ours. The text
 * beside it is for the message only.
 */
export const lockDirectory = (directory: string): Unlock => {
  const owner = path.join(directory, 'owner.json');
  const file = path.join(directory, 'lock.db');
  let db: Database.Database | undefined;
  try {
    keepPrivate(file);
    db = new Database(file, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(owner, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }), { mode: 0o600 });
    chmodSync(owner, 0o600);
  } catch (error) {
    db?.close();
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    throw busy ? inUse(directory, owner) : sqliteFailure(error, file);
  }
  const held = db;
  return () => {
    held.exec('ROLLBACK');
    held.close();
  };
};

const inUse = (directory: string, owner: string): Failure => {
  const who = ownerOf(owner);
  const message = `cannot use the data directory ${directory}: ${who} is using it`;
  return new Failure('data-directory-in-use', message, {
    remedy: `Wait until ${who} has ended or stop it, or use another data directory.`,
  });
};

/** The owner writes its text just after it has the lock: a reader between the two sees the one before, or nothing. */
const ownerOf = (file: string): string => {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isJsonObject(owner)) return `process ${String(owner['pid'])} (since ${String(owner['since'])})`;
    return 'another process';
  } catch {
    return 'another process';
  }
};
