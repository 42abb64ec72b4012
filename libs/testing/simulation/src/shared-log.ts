import type { NewEvent, RecordedEvent } from '@osm/contracts';
import { Conflict, eventText } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';

/** Who wrote an event: a life of a process. */
export type Watch = (event: RecordedEvent, by: string) => void;

/** The log's own storage, which outlives every process: one order, one lock for each subject. */
export class SharedLog {
  readonly events: RecordedEvent[] = [];
  readonly #subjects = new Map<string, RecordedEvent[]>();
  readonly #ids = new Set<string>();
  readonly #watches: Watch[] = [];

  /** Has each event looked at in the moment that it is written. */
  watch(watch: Watch): void {
    this.#watches.push(watch);
  }

  ofSubject(subject: string): readonly RecordedEvent[] {
    return this.#subjects.get(subject) ?? [];
  }

  /** As the port promises, an append repeated with the same ids included. All of it or nothing. */
  append(by: string, subject: string, expected: number, events: readonly NewEvent[]): number {
    if (events.length === 0) return expected;
    const known = this.ofSubject(subject);
    const revision = known.at(-1)?.position ?? 0;
    if (revision === expected) {
      if (events.some(({ id }) => this.#ids.has(id))) throw new Conflict(subject, expected);
      return this.#write(by, subject, events);
    }
    const written = known.filter(({ position }) => position > expected).slice(0, events.length + 1);
    const differs = written.findIndex(({ id }, at) => events[at]?.id !== id);
    const count = differs === -1 ? written.length : differs;
    const last = written[count - 1];
    if (last === undefined || (count < events.length && count < written.length)) throw new Conflict(subject, expected);
    return count === events.length ? last.position : this.#write(by, subject, events.slice(count));
  }

  #write(by: string, subject: string, events: readonly NewEvent[]): number {
    const ofSubject = this.#subjects.get(subject) ?? [];
    this.#subjects.set(subject, ofSubject);
    for (const event of events) {
      // The data as JSON text gives them back: what is no JSON is lost here, as it is lost in a real log.
      const data = JSON.parse(eventText(event)) as JsonObject;
      const recorded: RecordedEvent = { ...event, data, subject, position: this.events.length + 1 };
      this.events.push(recorded);
      ofSubject.push(recorded);
      this.#ids.add(event.id);
      for (const watch of this.#watches) watch(recorded, by);
    }
    return this.events.length;
  }
}

/** Whether a subject is one of those that a filter names. */
export const isWithin = (filter: string | undefined, subject: string): boolean =>
  filter === undefined ||
  filter === '>' ||
  (filter.endsWith('.>') ? subject.startsWith(filter.slice(0, -1)) : subject === filter);
