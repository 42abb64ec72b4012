import { chainHash, genesis } from '@osm/event-log';
import type { Database } from 'better-sqlite3';
import { tampered } from './check-chain.ts';
import type { EventRow } from './event-row.ts';
import { damaged } from './sqlite-failure.ts';

/** So many rows are a few milliseconds, of whatever size the log is. */
const rows = 1000;

/** Looks whether the newest events are as they were written: what is appended next is chained to them. */
export const checkNewest = (db: Database): void => {
  const newest = db
    .prepare<[number], EventRow>('SELECT * FROM events ORDER BY position DESC LIMIT ?')
    .all(rows + 1)
    .toReversed();
  const [oldest] = newest;
  if (oldest === undefined) return;
  let hash = oldest.hash;
  if (oldest.position === 1 && !chainHash(genesis, oldest).equals(hash)) throw tampered(db.name, 1);
  for (const row of newest.slice(1)) {
    if (!chainHash(hash, row).equals(row.hash)) throw tampered(db.name, row.position);
    hash = row.hash;
  }
};

/** Bytes up to which SQLite looks through the whole file at the start, and compares its indexes with its rows: some tenths of a second. */
const smallFile = 16 * 1024 * 1024;

/** Bytes up to which it looks through the pages only. */
const largeFile = 8 * smallFile;

/** Looks whether the file is a sound database, as thoroughly as is quick. */
export const checkPages = (db: Database): void => {
  const bytes = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  if (bytes > largeFile) return;
  const check = bytes > smallFile ? 'quick_check(1)' : 'integrity_check(1)';
  const found = String(db.pragma(check, { simple: true }));
  if (found !== 'ok') throw damaged(db.name, found);
};
