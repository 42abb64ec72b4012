import type { NewEvent, RecordedEvent } from '@osm/contracts';
import { eventHash, genesis, type EventLog } from '@osm/event-log';
import { Failure, isJsonObject } from '@osm/kernel';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** How far a log went, as somebody outside of it remembers: a log that no longer has that event went backwards. */
export interface Witness {
  /** The id of the log's first event: which log it is. */
  readonly log: string;
  readonly position: number;
  /** The hash of the event at that position by itself, hexadecimal. */
  readonly hash: string;
  /** When that event was written. */
  readonly at: string;
}

/** Where a data directory keeps it. */
export const witnessFile = (dataDirectory: string): string => path.join(dataDirectory, 'log-witness.json');

/** What a data directory remembers of its log; undefined where nothing was ever noted. Raises `witness-unreadable`. */
export const readWitness = (dataDirectory: string): Witness | undefined => {
  const file = witnessFile(dataDirectory);
  const text = textOf(file);
  if (text === undefined) return undefined;
  const found = parsed(text);
  if (found !== undefined) return found;
  throw new Failure('witness-unreadable', `cannot read ${file}: it does not say how far the event log went`, {
    remedy: 'See with openstack-migrate events that the log is whole, then remove that file.',
  });
};

/** Notes how far a log goes; all at once, so that a crash leaves the note before or the new one. */
export const writeWitness = (dataDirectory: string, witness: Witness): void => {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = witnessFile(dataDirectory);
  const next = `${file}.${process.pid}`;
  try {
    const fd = openSync(next, 'w', 0o600);
    try {
      writeSync(fd, `${JSON.stringify(witness)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
};

/** Keeps what was noted under another name, where a log is begun anew on purpose; answers that name. */
export const setWitnessAside = (dataDirectory: string, now: Date): string | undefined => {
  const file = witnessFile(dataDirectory);
  if (!existsSync(file)) return undefined;
  const aside = `${file}.set-aside-${now.toISOString().replaceAll(':', '')}`;
  renameSync(file, aside);
  return aside;
};

/** The hash by which a witness knows an event. */
export const witnessHash = (event: RecordedEvent): string => eventHash(genesis, event).toString('hex');

/**
 * Refuses a log that no longer has what this data directory has seen in it; a look at two events, of whatever size the log
 * is. Raises `event-log-went-back`.
 */
export const refuseWentBack = async (
  log: Pick<EventLog, 'head' | 'read'>,
  dataDirectory: string,
): Promise<Witness | undefined> => {
  const witness = readWitness(dataDirectory);
  if (witness === undefined) return undefined;
  const seen = `${witnessFile(dataDirectory)} has seen it at position ${witness.position} (written ${witness.at})`;
  const head = await log.head();
  if (head < witness.position) {
    const missing =
      head + 1 === witness.position ? `position ${head + 1} is` : `${head + 1} to ${witness.position} are`;
    throw wentBack(`${seen}, and it ends at ${head}: ${missing} missing`);
  }
  const event = await eventAt(log, witness.position);
  if (event !== undefined && witnessHash(event) === witness.hash) return witness;
  const first = await eventAt(log, 1);
  const other = first?.id === witness.log ? 'there is another event there now' : 'this is another log';
  throw wentBack(`${seen}, and ${other}`);
};

/** A log that is not what was seen of it. */
export const wentBack = (what: string): Failure =>
  new Failure('event-log-went-back', `cannot go on with the event log: ${what}`, {
    remedy:
      'Stop all processes, then restore the log: openstack-migrate recover --from-archive, or --from-markers where there is no archive. For a new log on purpose, use a new data directory.',
  });

const eventAt = async (log: Pick<EventLog, 'read'>, position: number): Promise<RecordedEvent | undefined> => {
  for await (const event of log.read({ after: position - 1 })) return event.position === position ? event : undefined;
  return undefined;
};

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const parsed = (text: string): Witness | undefined => {
  try {
    const found: unknown = JSON.parse(text);
    if (!isJsonObject(found)) return undefined;
    const { log, position, hash, at } = found;
    if (typeof log !== 'string' || typeof hash !== 'string' || typeof at !== 'string') return undefined;
    return typeof position === 'number' ? { log, position, hash, at } : undefined;
  } catch {
    // The caller says that it cannot be read, and what to do.
    return undefined;
  }
};

/** A log whose progress is noted outside of it. */
export interface WitnessedLog {
  readonly log: EventLog;
  /** Notes how far it went and notes nothing any more. */
  end(): Promise<void>;
}

const everyMs = 1000;

/**
 * Watches a log: refuses one that went backwards, and notes in the data directory how far it goes from now on, at
 * most once a second and at the end. Raises `event-log-went-back`.
 */
export const witnessLog = async (
  inner: EventLog,
  dataDirectory: string,
  onTrouble: (error: unknown) => void,
): Promise<WitnessedLog> => {
  const known = await refuseWentBack(inner, dataDirectory);
  let first = known?.log;
  let noted = known?.position ?? 0;
  let newest: RecordedEvent | undefined;
  const see = (event: RecordedEvent): void => {
    if (event.position > (newest?.position ?? noted)) newest = event;
  };
  const note = async (): Promise<void> => {
    const event = newest;
    if (event === undefined || event.position <= noted) return;
    first ??= (await eventAt(inner, 1))?.id ?? event.id;
    const { position, at } = event;
    // Other processes share the directory: whoever has seen most is believed.
    if ((readWitness(dataDirectory)?.position ?? 0) < position) {
      writeWitness(dataDirectory, { log: first, position, hash: witnessHash(event), at });
    }
    noted = position;
  };
  const noteAndTell = (): Promise<void> => note().catch(onTrouble);
  const timer = setInterval(() => void noteAndTell(), everyMs);
  timer.unref();
  return {
    log: watched(inner, see),
    end: () => {
      clearInterval(timer);
      return noteAndTell();
    },
  };
};

/** The log, and whatever passes through it is seen. */
const watched = (inner: EventLog, see: (event: RecordedEvent) => void): EventLog => ({
  ...inner,
  append: async (subject, expected, events: readonly NewEvent[]) => {
    const position = await inner.append(subject, expected, events);
    const last = events.at(-1);
    if (last !== undefined) see({ ...last, subject, position });
    return position;
  },
  load: async (subject) => {
    const events = await inner.load(subject);
    const last = events.at(-1);
    if (last !== undefined) see(last);
    return events;
  },
  read: async function* (options) {
    for await (const event of inner.read(options)) {
      see(event);
      yield event;
    }
  },
  tail: async function* (options) {
    for await (const batch of inner.tail(options)) {
      const last = batch.at(-1);
      if (last !== undefined) see(last);
      yield batch;
    }
  },
  subscribe: ({ handler, ...options }) =>
    inner.subscribe({
      ...options,
      handler: (event) => {
        see(event);
        return handler(event);
      },
    }),
});
