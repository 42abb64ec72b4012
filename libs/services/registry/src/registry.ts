import { mkdirSync } from 'node:fs';
import type { Answers, RecordedEvent } from '@osm/contracts';
import { compareRecent, openArchive, type Archive, type Comparison } from '@osm/event-archive';
import { redeliveryDelay, type EventLog } from '@osm/event-log';
import { Failure, isFailure, type Clock } from '@osm/kernel';
import { projectionRules, registryFile, registryQueries, type RegistryQueries } from '@osm/services/registry/reader';
import { breath } from './breath.ts';
import { compareTables } from './compare-tables.ts';
import { damageOf, discardDatabase, isDamage, replaceDatabase, setDatabaseAside } from './database-files.ts';
import { openStore, type Store } from './open-store.ts';
import { projectEvents, type ProjectEvents } from './project-events.ts';
import { lockRegistry } from './registry-lock.ts';

/** What the registry wants to know of a resource type: its OpenStack service, and the steps that only borrow. */
export interface RegisteredType {
  readonly api: { readonly service: string };
  readonly auxiliary: readonly { readonly name: string }[];
}

export interface RegistryOptions {
  readonly log: EventLog;
  /** Where `registry.db` lives; made when it is not there. */
  readonly dataDirectory: string;
  /** The types of this build, by name. */
  readonly handlers: ReadonlyMap<string, RegisteredType>;
  readonly clock: Clock;
  readonly logger: RegistryLogger;
  /**
   * Hears, at most once, that the log turned out to be another one than was archived: nobody may go on with it. Default:
   * whoever asks the registry hears it.
   */
  readonly onDamage?: (failure: Failure) => void;
}

/** Where the registry says what it does by itself; Nest's logger is one. */
export interface RegistryLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The mapping database, following the log until it is closed. */
export interface Registry {
  /**
   * Asks the database, once it tells of everything up to `atLeast` and of what was in the log when it was opened.
   * Raises `registry-behind` after 30 seconds.
   */
  ask<Answer>(question: (queries: RegistryQueries) => Answer, atLeast?: number): Promise<Answer>;
  /** The position that the database has come to, or `atLeast`, once it is there. Raises `registry-behind`. */
  position(atLeast?: number): Promise<number>;
  /** Makes the database anew from the log beside the one in use, compares the two and takes the new one. */
  rebuild(): Promise<Answers['registry.rebuild']>;
  close(): Promise<void>;
}

const patienceMs = 30_000;
const batchSize = 1000;

/**
 * Opens the database of a data directory and keeps it at the head of the log, and a copy of the log beside it. A database
 * that is missing, damaged, or of another log or version is made anew from the log. Raises `registry-in-use` where another
 * process has it, `event-log-went-back`, `event-log-tampered` and `event-log-damaged` where the log is not what was copied.
 */
export const openRegistry = async (options: RegistryOptions): Promise<Registry> => {
  mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
  const unlock = lockRegistry(options.dataDirectory);
  let archive: Archive | undefined;
  try {
    archive = openArchive(options.dataDirectory);
    const comparison = await compareRecent(options.log, archive);
    const head = await options.log.head();
    const open = await openSound(options);
    return new LiveRegistry(options, { open, archive, comparison, least: head, unlock });
  } catch (error) {
    await archive?.close();
    unlock();
    throw error;
  }
};

/** A database and what writes and asks it. */
interface Open {
  readonly store: Store;
  readonly project: ProjectEvents;
  readonly queries: RegistryQueries;
}

const openDatabase = async ({ handlers, logger }: RegistryOptions, file: string): Promise<Open> => {
  const store = await openStore(file);
  const { db } = store;
  const add = db.prepare('INSERT INTO resource_type VALUES (?, ?)');
  db.transaction(() => {
    db.exec('DELETE FROM resource_type');
    for (const [type, { api }] of handlers) add.run(type, api.service);
  })();
  const isAuxiliary = (type: string, step: string): boolean =>
    handlers.get(type)?.auxiliary.some(({ name }) => name === step) === true;
  const project = projectEvents(db, { isAuxiliary, warn: (message) => logger.warn(message) });
  return { store, project, queries: registryQueries(db) };
};

/** Opens the database, or, where it cannot be gone on with, a new one. */
const openSound = async (options: RegistryOptions): Promise<Open> => {
  const { dataDirectory, logger, clock } = options;
  const file = registryFile(dataDirectory);
  const damage = damageOf(file);
  if (damage !== undefined) {
    logger.warn(`${file} is damaged (${damage}): it is kept as ${setDatabaseAside(file, clock.now())}`);
  }
  const open = await openDatabase(options, file);
  const stale = await staleness(open, options.log);
  if (stale === undefined) return announced(options, open);
  logger.warn(`${file} ${stale}: it is given up`);
  await open.store.close();
  discardDatabase(file);
  return announced(options, await openDatabase(options, file));
};

const announced = async ({ log, logger }: RegistryOptions, open: Open): Promise<Open> => {
  const head = await log.head();
  if (open.queries.position() === 0 && head > 0) {
    logger.log(`making ${open.store.file} from the event log (up to position ${head})`);
  }
  return open;
};

/** Why the rows of a database are not what the log's events make; undefined where they are. */
const staleness = async ({ store, queries }: Open, log: EventLog): Promise<string | undefined> => {
  const checkpoint = store.db
    .prepare<[], { log: string | null; rules: number }>('SELECT log, rules FROM checkpoint')
    .get();
  if (checkpoint === undefined || checkpoint.rules !== projectionRules) return 'was made by another version';
  if (queries.position() > (await log.head())) return 'tells of more than is in the event log';
  if (checkpoint.log !== null && checkpoint.log !== (await firstEvent(log))?.id) return 'is of another event log';
  return undefined;
};

const firstEvent = async (log: EventLog): Promise<RecordedEvent | undefined> => {
  for await (const event of log.read()) return event;
  return undefined;
};

/** What a registry begins with. */
interface Beginning {
  readonly open: Open;
  readonly archive: Archive;
  readonly comparison: Comparison;
  /** What was in the log at the start. */
  readonly least: number;
  readonly unlock: () => void;
}

class LiveRegistry implements Registry {
  readonly #options: RegistryOptions;
  readonly #archive: Archive;
  readonly #unlock: () => void;
  readonly #comparing: Promise<void>;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<() => void>();
  /** What was in the log at the start: no answer is given from less. */
  readonly #least: number;
  #open: Promise<Open>;
  #reached: number;
  #following: Following;
  #rebuilding: Promise<Answers['registry.rebuild']> | undefined;
  /** Why nothing that the log says is believed any more. */
  #damage: Failure | undefined;

  constructor(options: RegistryOptions, { open, archive, comparison, least, unlock }: Beginning) {
    this.#options = options;
    this.#archive = archive;
    this.#unlock = unlock;
    this.#least = least;
    this.#open = Promise.resolve(open);
    this.#reached = open.queries.position();
    this.#following = this.#follow();
    this.#comparing = this.#compare(comparison);
  }

  async ask<Answer>(question: (queries: RegistryQueries) => Answer, atLeast = 0): Promise<Answer> {
    await this.#until(Math.max(atLeast, this.#least));
    return question((await this.#open).queries);
  }

  async position(atLeast = 0): Promise<number> {
    await this.#until(atLeast);
    return (await this.#open).queries.position();
  }

  rebuild(): Promise<Answers['registry.rebuild']> {
    this.#rebuilding ??= this.#rebuild().finally(() => (this.#rebuilding = undefined));
    return this.#rebuilding;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(closed());
    this.#waiting.forEach((wake) => wake());
    // Whoever asked for a rebuilding hears how it ends.
    await Promise.allSettled([this.#rebuilding]);
    await Promise.all([this.#following.stop(), this.#comparing]);
    try {
      await this.#archive.close();
      await (await this.#open).store.close();
    } finally {
      this.#unlock();
    }
  }

  /** What is too much to be compared at the start is compared beside the work. */
  async #compare(comparison: Comparison): Promise<void> {
    const { signal } = this.#closing;
    try {
      await comparison.compareRest(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.logger.error(wordsOf(error));
      if (!isFailure(error)) return;
      this.#damage = error;
      this.#waiting.forEach((wake) => wake());
      this.#options.onDamage?.(error);
    }
  }

  /** Raises why nothing that the log says is believed any more. */
  #believe(): void {
    const damage = this.#damage;
    if (damage !== undefined) throw damage;
  }

  async #until(position: number): Promise<void> {
    this.#believe();
    if (this.#reached >= position) return;
    const deadline = AbortSignal.timeout(patienceMs);
    deadline.addEventListener('abort', () => this.#waiting.forEach((wake) => wake()));
    while (this.#reached < position) {
      this.#closing.signal.throwIfAborted();
      this.#believe();
      if (deadline.aborted) throw behind(this.#reached, position);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #arrive(position: number): void {
    this.#reached = position;
    this.#waiting.forEach((wake) => wake());
    this.#waiting.clear();
  }

  /** Projects what is in the log and what comes, until stopped. */
  #follow(): Following {
    const stopping = new AbortController();
    const ended = this.#followUntil(AbortSignal.any([stopping.signal, this.#closing.signal]));
    return {
      stop: () => {
        stopping.abort();
        return ended;
      },
    };
  }

  async #followUntil(signal: AbortSignal): Promise<void> {
    const { log, logger, clock } = this.#options;
    for (let failures = 0; !signal.aborted;) {
      try {
        // The database may be older than the copy, and the copy younger than the database: it was not always made.
        const after = Math.min((await this.#open).queries.position(), this.#archive.head.position);
        for await (const batch of log.tail({ after, signal })) {
          // The copy first: nothing is told that could be lost with the log.
          await this.#archive.append(batch);
          this.#arrive((await this.#open).project(batch));
          failures = 0;
          await breath();
        }
      } catch (error) {
        failures += 1;
        logger.error(`cannot project the event log: ${wordsOf(error)}`);
        await (isDamage(error) ? this.#heal(signal) : clock.sleep(redeliveryDelay(failures), signal)).catch(
          until(signal),
        );
      }
    }
  }

  /** A database that turned out damaged while it was written: from the log, again. */
  async #heal(signal: AbortSignal): Promise<void> {
    const { store } = await this.#open;
    this.#reached = 0;
    const told = (error: unknown): void => this.#options.logger.error(`cannot close ${store.file}: ${wordsOf(error)}`);
    this.#open = store
      .close()
      .then(undefined, told)
      .then(() => this.#openPersistently(signal));
    this.#reached = (await this.#open).queries.position();
  }

  async #openPersistently(signal: AbortSignal): Promise<Open> {
    for (let failures = 1; ; failures++) {
      try {
        return await openSound(this.#options);
      } catch (error) {
        this.#options.logger.error(`cannot open the registry: ${wordsOf(error)}`);
        await this.#options.clock.sleep(redeliveryDelay(failures), signal);
      }
    }
  }

  async #rebuild(): Promise<Answers['registry.rebuild']> {
    const { dataDirectory } = this.#options;
    const { signal } = this.#closing;
    const file = registryFile(dataDirectory);
    const nextFile = `${file}.next`;
    discardDatabase(nextFile);
    const next = await openDatabase(this.#options, nextFile);
    try {
      // Nobody relies on it yet: the disk is waited for once, at the end.
      next.store.db.pragma('synchronous = OFF');
      await replay(this.#options.log, next, await this.position(), signal);
      await this.#following.stop();
      const position = await this.position();
      await replay(this.#options.log, next, position, signal);
      const { different, counts } = await compareTables(file, nextFile, signal);
      next.store.db.pragma('synchronous = FULL');
      await next.store.close();
      await this.#take(nextFile);
      if (different.length > 0) this.#options.logger.warn(`rebuilding changed the tables ${different.join(', ')}`);
      return { position, equal: different.length === 0, tables: counts };
    } finally {
      await next.store.close();
      discardDatabase(nextFile);
      await this.#following.stop();
      if (!signal.aborted) this.#following = this.#follow();
    }
  }

  /** Questions wait while the files change places. */
  async #take(nextFile: string): Promise<void> {
    const { store } = await this.#open;
    const swap = async (): Promise<Open> => {
      // Those who have got hold of the old one finish with it first.
      await breath();
      await store.close();
      replaceDatabase(store.file, nextFile);
      return openDatabase(this.#options, store.file);
    };
    this.#open = swap();
    await this.#open;
  }
}

/** The projecting that goes on beside everything else. */
interface Following {
  stop(): Promise<void>;
}

/** Projects what is in the log from where the database is, up to a position. */
const replay = async (log: EventLog, { project, queries }: Open, upTo: number, signal: AbortSignal): Promise<void> => {
  const after = queries.position();
  if (after >= upTo) return;
  let batch: RecordedEvent[] = [];
  for await (const event of log.read({ after, signal })) {
    if (event.position > upTo) break;
    batch.push(event);
    if (batch.length < batchSize) continue;
    project(batch);
    batch = [];
    await breath(signal);
  }
  project(batch);
};

const behind = (reached: number, wanted: number): Failure =>
  new Failure('registry-behind', `cannot answer as of position ${wanted}: the registry has come to ${reached} only`, {
    disposition: 'retry',
    remedy: 'Ask again; if the registry does not move, its log says why.',
  });

const closed = (): Failure =>
  new Failure('registry-closed', 'cannot answer: the registry is being closed', {
    disposition: 'retry',
    remedy: 'Ask again when it has started.',
  });

/** For what is waited for at most until the signal: then its rejection is the end of the wait. */
const until = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error;
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
