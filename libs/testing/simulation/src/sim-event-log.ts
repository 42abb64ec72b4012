import type { RecordedEvent } from '@osm/contracts';
import { eventText, type EventLog } from '@osm/event-log';
import type { Life } from './life.ts';
import { isWithin, type SharedLog } from './shared-log.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Wire } from './wire.ts';

/** What a process sees of the log. */
export interface LogView {
  readonly shared: SharedLog;
  readonly subscriptions: Subscriptions;
  readonly life: Life;
  readonly wire: Wire;
  /** Whether an append is one transaction, as in SQLite, or event by event, as in JetStream: then a crash leaves a part. */
  readonly isAtomic: boolean;
}

const pageSize = 40;

/** The log as one process has it. */
export const simEventLog = ({ shared, subscriptions, life, wire, isAtomic }: LogView): EventLog => {
  const matching = (filter: string | undefined, after: number, most: number): readonly RecordedEvent[] => {
    const found: RecordedEvent[] = [];
    // Positions count from 1 without gaps.
    for (let at = after; at < shared.events.length && found.length < most; at++) {
      const event = shared.events[at];
      if (event !== undefined && isWithin(filter, event.subject)) found.push(event);
    }
    return found;
  };

  return {
    append: async (subject, expected, events) => {
      events.forEach(eventText);
      const what = `append ${events.map(({ type }) => type).join(' ')} to ${subject}`;
      const by = life.name;
      if (isAtomic) return wire.ask(what, () => shared.append(by, subject, expected, events));
      let revision = expected;
      for (const event of events) {
        const before = revision;
        revision = await wire.ask(what, () => shared.append(by, subject, before, [event]));
      }
      return revision;
    },
    load: (subject) => wire.ask(`load ${subject}`, () => [...shared.ofSubject(subject)]),
    read: async function* ({ filter, after = 0, signal } = {}) {
      signal?.throwIfAborted();
      const head = await wire.ask('head', () => shared.events.length);
      for (let seen = after; seen < head;) {
        const from = seen;
        const page = (
          await wire.ask(`read ${filter ?? '>'} after ${from}`, () => matching(filter, from, pageSize))
        ).filter(({ position }) => position <= head);
        for (const event of page) {
          signal?.throwIfAborted();
          yield event;
          signal?.throwIfAborted();
        }
        const last = page.at(-1);
        if (last === undefined) return;
        seen = last.position;
      }
    },
    tail: async function* ({ filter, after = 0, signal }) {
      for (let seen = after; !signal.aborted;) {
        const page = matching(filter, seen, pageSize);
        const last = page.at(-1);
        seen = last?.position ?? Math.max(seen, shared.events.length);
        if (last !== undefined) yield page;
        else await subscriptions.untilMore(signal, life);
      }
    },
    subscribe: async (options) => {
      await wire.ask(`subscribe ${options.durable}`, () => undefined);
      return subscriptions.join(life, wire, options);
    },
    head: () => wire.ask('head', () => shared.events.length),
    close: async () => life.suffer({ kind: 'killed' }),
  };
};
