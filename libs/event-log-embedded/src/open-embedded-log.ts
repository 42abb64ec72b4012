import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { CommandQueue, EventLog } from '@osm/event-log';
import { Failure, type Clock } from '@osm/kernel';
import Database from 'better-sqlite3';
import { checkNewest, checkPages } from './check-newest.ts';
import { lockDirectory } from './directory-lock.ts';
import { embeddedCommandQueue } from './embedded-command-queue.ts';
import { embeddedEventLog } from './embedded-event-log.ts';
import { keepPrivate } from './keep-private.ts';
import { letGoOfCommands, prepareSchema, refuseNewer } from './schema.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import { wallClock } from './wall-clock.ts';
import { Writer } from './writer.ts';

export interface EmbeddedLogOptions {
  /** Where the log lives; made when it is not there. `:memory:` is a log that ends with the process. */
  readonly directory: string;
  readonly clock?: Clock;
  /** For reading while another process writes: takes no lock, and appends and commands are refused. */
  readonly readOnly?: boolean;
  /**
   * For a word to a process that may be at work: takes no lock, and appends, which that process hears within half a second.
   * Subscriptions and commands are refused: they are its own.
   */
  readonly beside?: boolean;
  /** Hears errors that no caller waits for, each before what failed is tried again; default: a process warning. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface EmbeddedLog {
  readonly log: EventLog;
  readonly queue: CommandQueue;
  /**
   * Lets go of the files at once: what was asked for before is written, handlers that still run are left to themselves,
   * and what they had in hand is delivered again by the next process.
   */
  close(): Promise<void>;
}

/**
 * The event log and the queue of a single process, in one SQLite file. What is acknowledged is on the disk. Raises the
 * failures `data-directory-in-use` when another process has the directory, and `event-log-damaged` and `event-log-tampered`
 * when the file is not as it was written; the latter as far as that is quick to see.
 */
export const openEmbeddedLog = async (options: EmbeddedLogOptions): Promise<EmbeddedLog> => {
  const { directory, clock = wallClock, readOnly = false, beside = false, onTrouble = warn } = options;
  const inMemory = directory === ':memory:';
  const file = inMemory ? directory : path.join(directory, 'events.db');
  if (!inMemory) (readOnly ? refuseAbsent : makeDirectory)(directory, file);
  const unlock = inMemory || readOnly || beside ? () => {} : lockDirectory(directory);
  let db: Database.Database | undefined;
  try {
    if (!inMemory && !readOnly) keepPrivate(file);
    db = new Database(file, { readonly: readOnly, timeout: 5000 });
    if (readOnly) refuseNewer(db);
    else prepare(db, { beside });
    return assemble(db, { clock, readOnly, beside, onTrouble, unlock });
  } catch (error) {
    db?.close();
    unlock();
    throw sqliteFailure(error, file);
  }
};

const prepare = (db: Database.Database, { beside }: { readonly beside: boolean }): void => {
  db.pragma('journal_mode = WAL');
  // Every commit is flushed to the disk before it is acknowledged: the log is the only copy of the truth.
  db.pragma('synchronous = FULL');
  prepareSchema(db);
  if (beside) return;
  checkPages(db);
  checkNewest(db);
  letGoOfCommands(db);
};

interface Parts {
  readonly clock: Clock;
  readonly readOnly: boolean;
  readonly beside: boolean;
  readonly onTrouble: (error: unknown) => void;
  readonly unlock: () => void;
}

const assemble = (db: Database.Database, { clock, readOnly, beside, onTrouble, unlock }: Parts): EmbeddedLog => {
  const closing = new AbortController();
  const writer = new Writer(db);
  const workings = { db, writer, clock, onTrouble, closing: closing.signal };
  const close = async (): Promise<void> => {
    if (!db.open) return;
    writer.close();
    closing.abort();
    db.close();
    unlock();
  };
  const log = embeddedEventLog(workings, { written: readOnly ? 'elsewhere' : 'here', close });
  const queue = embeddedCommandQueue(workings);
  if (readOnly) return { ...readers(log, db.name), close };
  return beside ? { ...appenders(log, db.name), close } : { log, queue, close };
};

/** The log with everything that writes refused. */
const readers = (log: EventLog, file: string): Pick<EmbeddedLog, 'log' | 'queue'> => {
  const refuse = refusal(file, 'reading only');
  return {
    log: { ...log, append: refuse, subscribe: refuse },
    queue: { enqueue: refuse, work: refuse, withdraw: refuse },
  };
};

/** The log with everything refused that belongs to the one process at work. */
const appenders = (log: EventLog, file: string): Pick<EmbeddedLog, 'log' | 'queue'> => {
  const refuse = refusal(file, 'a word to the process at work');
  return { log: { ...log, subscribe: refuse }, queue: { enqueue: refuse, work: refuse, withdraw: refuse } };
};

const refusal = (file: string, purpose: string) => async (): Promise<never> => {
  throw new Failure('read-only', `cannot write ${file}: it was opened for ${purpose}`, {
    remedy: 'This is a defect of openstack-migrate: report it with the log.',
  });
};

const makeDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Failure('data-directory-unusable', `cannot use the data directory ${directory}: ${wordsOf(error)}`, {
      remedy: 'Name a directory that this user may write to.',
      cause: error,
    });
  }
};

const refuseAbsent = (directory: string, file: string): void => {
  if (existsSync(file)) return;
  throw new Failure('no-event-log', `cannot read an event log in ${directory}: there is none`, {
    remedy: 'Name the data directory that openstack-migrate has worked in.',
  });
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error));
