import type { RecordedEvent } from '@osm/contracts';
import { Conflict, eventText, type EventLog } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';

/**
 * A log that nobody follows, for laws that want thousands of them: total order, one lock per subject, data as JSON text
 * gives them back. What it does not do it refuses.
 */
export const memoryLog = (): EventLog => {
  const all: RecordedEvent[] = [];
  const subjects = new Map<string, RecordedEvent[]>();
  const refuse = (): never => {
    throw new TypeError('nobody follows a log in memory');
  };
  return {
    append: async (subject, expected, events) => {
      const before = subjects.get(subject) ?? [];
      const revision = before.at(-1)?.position ?? 0;
      if (events.length === 0) return expected;
      if (revision !== expected) throw new Conflict(subject, expected);
      const recorded = events.map((event, index): RecordedEvent => {
        const data = JSON.parse(eventText(event)) as JsonObject;
        return { ...event, data, subject, position: all.length + index + 1 };
      });
      all.push(...recorded);
      subjects.set(subject, [...before, ...recorded]);
      return all.length;
    },
    load: async (subject) => subjects.get(subject) ?? [],
    read: async function* ({ after = 0 } = {}) {
      yield* all.slice(after);
    },
    tail: refuse,
    subscribe: refuse,
    head: async () => all.length,
    close: async () => undefined,
  };
};
