import type { Database } from 'better-sqlite3';
import { Failure } from '@osm/kernel';

/** The newest layout of the file that this version knows. */
const layout = 1;

/**
 * `hash` chains the rows (see `chain.ts` of the port), and the triggers keep what is written as it was written: the file is a record,
 * not a table. `held` marks a command in the hands of a worker of the running process, and means nothing after it ended.
 */
const tables = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    data TEXT NOT NULL,
    correlation TEXT,
    causation TEXT,
    actor TEXT,
    producer TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE INDEX events_of_subject ON events (subject, position);
  CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
  CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;

  CREATE TABLE subscriptions (
    durable TEXT PRIMARY KEY,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE commands (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    key TEXT NOT NULL,
    command TEXT NOT NULL,
    due INTEGER NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    UNIQUE (queue, key)
  ) STRICT;
  CREATE INDEX commands_due ON commands (queue, held, due, number);
`;

const layoutOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/** Makes the tables where there are none, and refuses a file of a newer version. */
export const prepareSchema = (db: Database): void => {
  refuseNewer(db);
  db.transaction(() => {
    if (layoutOf(db) === 0) db.exec(`${tables} PRAGMA user_version = ${layout};`);
  }).immediate();
};

/** What a process that has ended had in hand is anybody's again: only for whoever has the directory to himself. */
export const letGoOfCommands = (db: Database): void => {
  db.exec('UPDATE commands SET held = 0 WHERE held = 1');
};

/** For readers, who must not write: only refuses. */
export const refuseNewer = (db: Database): void => {
  const found = layoutOf(db);
  if (found <= layout) return;
  throw new Failure(
    'newer-event-log',
    `cannot read ${db.name}: its layout is ${found}, the newest known is ${layout}`,
    {
      remedy: 'Upgrade openstack-migrate: the log was written by a newer version.',
    },
  );
};
