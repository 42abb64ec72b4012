import type { Database } from 'better-sqlite3';
import { Failure } from '@osm/kernel';
import { sqliteFailure } from './sqlite-failure.ts';

/** One thing to be written together with others. */
interface Write {
  /** Inside of the transaction. */
  run(): void;
  /** After the commit. */
  settle(): void;
  fail(error: unknown): void;
}

/**
 * Group commit: everything that is asked for in one turn of the event loop shares one transaction, so one flush to the
 * disk. A promise resolves when its write is on the disk, never before.
 */
export class Writer {
  readonly #db: Database;
  readonly #nested: (work: () => void) => void;
  #waiting: Write[] = [];
  #closed = false;

  constructor(db: Database) {
    this.#db = db;
    this.#nested = db.transaction((work: () => void) => work());
  }

  /** Runs `work` in the next transaction. If it throws, only its own writes are undone, and the promise rejects. */
  write<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(closed(this.#db.name));
    return new Promise((resolve, reject) => {
      let settle = () => {};
      const run = () => {
        try {
          this.#nested(() => {
            const value = work();
            settle = () => resolve(value);
          });
        } catch (error) {
          // A full disk ends the whole transaction, not only this part of it.
          if (!this.#db.inTransaction) throw error;
          settle = () => reject(sqliteFailure(error, this.#db.name));
        }
      };
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ run, settle: () => settle(), fail: reject });
    });
  }

  /** Writes what is waiting, and nothing any more from then on. */
  close(): void {
    this.#flush();
    this.#closed = true;
  }

  #flush(): void {
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const write of writes) write.run();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      const failure = sqliteFailure(error, this.#db.name);
      for (const write of writes) write.fail(failure);
      return;
    }
    for (const write of writes) write.settle();
  }
}

const closed = (file: string): Failure =>
  new Failure('event-log-closed', `cannot write ${file}: it was closed`, {
    remedy: 'This is a defect of openstack-migrate: report it with the log.',
  });
