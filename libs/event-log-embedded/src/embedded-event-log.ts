import type { RecordedEvent } from '@osm/contracts';
import { eventText, redeliveryDelay, type EventLog, type SubscribeOptions, type Subscription } from '@osm/event-log';
import type { Clock } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { Bell } from './bell.ts';
import { eventOf } from './event-row.ts';
import { eventTable } from './event-table.ts';
import { pause } from './pause.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import { Turns } from './turns.ts';
import type { Writer } from './writer.ts';

/** What both halves of the embedded log work with. */
export interface Workings {
  readonly db: Database;
  readonly writer: Writer;
  readonly clock: Clock;
  /** Aborted when the log is closed. */
  readonly closing: AbortSignal;
  /** Hears what goes wrong where no caller waits for it. */
  readonly onTrouble: (error: unknown) => void;
}

/** How often a reader looks for what another process wrote. */
const pollMilliseconds = 200;

/** How often the process at work looks whether another one has said a word. */
const listenMilliseconds = 500;

/** Rings when another connection has written to the file: a look costs some microseconds. */
const hearOthers = (db: Database, bell: Bell, closing: AbortSignal): void => {
  const version = (): unknown => db.pragma('data_version', { simple: true });
  let seen = version();
  const timer = setInterval(() => {
    const now = version();
    if (now !== seen) bell.ring();
    seen = now;
  }, listenMilliseconds);
  // It must not keep a process alive that has nothing else to do.
  timer.unref();
  closing.addEventListener('abort', () => clearInterval(timer), { once: true });
};

export interface EmbeddedEventLogOptions {
  /** Whether appends come from this process, which then knows of them, or from another. */
  readonly written: 'here' | 'elsewhere';
  readonly close: () => Promise<void>;
}

/** The event log over the table of events. */
export const embeddedEventLog = (workings: Workings, { written, close }: EmbeddedEventLogOptions): EventLog => {
  const { db, writer, clock, closing, onTrouble } = workings;
  const table = eventTable(db);
  const appended = new Bell();
  const turns = new Turns();
  if (written === 'here' && !db.memory) hearOthers(db, appended, closing);
  const position = db.prepare<[string], number>('SELECT position FROM subscriptions WHERE durable = ?').pluck();
  const savePosition = db.prepare<[string, number]>('INSERT OR REPLACE INTO subscriptions VALUES (?, ?)');

  /** What is read, or what SQLite has against it in our words. */
  const sound = <Rows>(look: () => Rows): Rows => {
    try {
      return look();
    } catch (error) {
      throw sqliteFailure(error, db.name);
    }
  };

  const more = (signal: AbortSignal): Promise<void> =>
    written === 'here' ? appended.wait(signal) : pause(clock, pollMilliseconds, signal);

  async function* batches(filter: string | undefined, after: number, signal: AbortSignal) {
    let seen = after;
    while (!signal.aborted) {
      const upTo = table.head();
      const rows = sound(() => table.page({ filter, after: seen, upTo }));
      const last = rows.at(-1);
      // Nothing between here and the head matches: not to be looked at again.
      seen = last?.position ?? Math.max(seen, upTo);
      if (last === undefined) await more(signal);
      else yield rows.map(eventOf);
    }
  }

  /** Hands one event over until the handler takes it; false when stopped before that. */
  const hand = async (event: RecordedEvent, { handler }: SubscribeOptions, signal: AbortSignal): Promise<boolean> => {
    for (let deliveries = 1; !signal.aborted; deliveries++) {
      try {
        await handler(event);
        return true;
      } catch (error) {
        onTrouble(error);
        await pause(clock, redeliveryDelay(deliveries), signal);
      }
    }
    return false;
  };

  const serve = async (options: SubscribeOptions, signal: AbortSignal): Promise<void> => {
    const { durable, filter } = options;
    for await (const batch of batches(filter, position.get(durable) ?? 0, signal)) {
      for (const event of batch) {
        if (!(await hand(event, options, signal)) || closing.aborted) return;
        await writer.write(() => savePosition.run(durable, event.position));
        if (signal.aborted) return;
      }
    }
  };

  return {
    append: async (subject, expected, events) => {
      if (events.length === 0) return expected;
      const entries = events.map((event) => ({ event, text: eventText(event) }));
      const last = await writer.write(() => table.append(subject, expected, entries));
      appended.ring();
      return last;
    },
    load: async (subject) => sound(() => table.load(subject)).map(eventOf),
    read: async function* ({ filter, after = 0, signal } = {}) {
      const upTo = table.head();
      for (let seen = after; ;) {
        signal?.throwIfAborted();
        const rows = sound(() => table.page({ filter, after: seen, upTo }));
        for (const row of rows) {
          yield eventOf(row);
          signal?.throwIfAborted();
          seen = row.position;
        }
        if (rows.length === 0) return;
      }
    },
    tail: ({ filter, after = 0, signal }) => batches(filter, after, AbortSignal.any([signal, closing])),
    subscribe: async (options): Promise<Subscription> => {
      const stopping = new AbortController();
      const signal = AbortSignal.any([stopping.signal, closing]);
      // A position that cannot be saved means a disk that cannot be written: from the saved one on, until it can be.
      const serving = turns.take(options.durable, async () => {
        for (let failures = 1; !signal.aborted; failures++) {
          try {
            await serve(options, signal);
          } catch (error) {
            onTrouble(error);
            await pause(clock, redeliveryDelay(failures), signal);
          }
        }
      });
      return {
        stop: () => {
          stopping.abort();
          return serving;
        },
      };
    },
    head: async () => table.head(),
    close,
  };
};
