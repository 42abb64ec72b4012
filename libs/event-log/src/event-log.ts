import type { NewEvent, RecordedEvent } from '@osm/contracts';

/** Raised by `append` when somebody else wrote to the subject first. Load again and decide again. */
export class Conflict extends Error {
  readonly subject: string;
  readonly expected: number;

  constructor(subject: string, expected: number) {
    super(`${subject} was written to by somebody else after position ${expected}`);
    this.name = 'Conflict';
    this.subject = subject;
    this.expected = expected;
  }
}

export interface ReadOptions {
  /** A subject, or a filter ending in `.>` (everything below it); default: everything. */
  readonly filter?: string;
  /** Only events with a position greater than this; default 0. */
  readonly after?: number;
  /** When aborted, `read` rejects with the signal's reason (a part must not pass for the whole) and `tail` just ends. */
  readonly signal?: AbortSignal;
}

export interface Subscription {
  /** Stops taking events and waits until the one in hand is dealt with. */
  stop(): Promise<void>;
}

export interface SubscribeOptions {
  /**
   * The subscription's name, of letters, digits, `-` and `_`: its place in the log outlives the process, and all
   * replicas of a service share it. A new one begins with the first event.
   */
  readonly durable: string;
  readonly filter: string;
  /**
   * Gets each event at least once, in order, one in flight over all replicas. Thrown errors are delivered again, with
   * growing delay, before any later event.
   */
  readonly handler: (event: RecordedEvent) => Promise<void>;
}

/**
 * The log of all events: one total order, one lock per subject.
 *
 * - An aggregate is one subject. Its revision is the position of its last event, 0 when it has none.
 * - `append` writes the events in order, durably, only if the subject's revision is `expected`. A crash may leave a
 *   prefix of them, never another order: deciders must be able to go on from any prefix.
 * - An append whose reply was lost may be repeated with the same event ids and the same `expected`: it is written once
 *   and answered as the first time, also when the subject has moved on since. If only a prefix was written, and nobody
 *   wrote after it, the rest is written now.
 */
export interface EventLog {
  /** Returns the position of the last event written. Raises `Conflict`. */
  append(subject: string, expected: number, events: readonly NewEvent[]): Promise<number>;
  /** All events of one subject, oldest first. */
  load(subject: string): Promise<readonly RecordedEvent[]>;
  /** What is there now, oldest first; ends at the position that was the head when the reading began. */
  read(options?: ReadOptions): AsyncIterable<RecordedEvent>;
  /** What is there and what is still to come, in batches as they are available; ends when the signal is aborted. */
  tail(options: ReadOptions & { readonly signal: AbortSignal }): AsyncIterable<readonly RecordedEvent[]>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** The position of the newest event, 0 for an empty log. */
  head(): Promise<number>;
  /** Lets go of the log at once; stop subscriptions and workers first to let what is in hand end. */
  close(): Promise<void>;
}
