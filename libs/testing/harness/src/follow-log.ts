import { decodeEvent, everyEvent, type DomainEvent, type RecordedEvent } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';

/** An event as it was recorded, and what it says. */
export interface Heard {
  readonly recorded: RecordedEvent;
  readonly event: DomainEvent;
}

export interface FollowOptions {
  /** Only events after this position; default 0. */
  readonly after?: number;
  readonly filter?: string;
  /** Milliseconds after which the waiting fails. */
  readonly withinMs: number;
  /** What is waited for, in the words of the failure. */
  readonly what: string;
  /** Sees every event on the way. */
  readonly onEvent?: (heard: Heard) => void;
}

/** Follows the log until an event is the wanted one. */
export const followLog = async (
  log: EventLog,
  wanted: (heard: Heard) => boolean,
  { after = 0, filter = everyEvent, withinMs, what, onEvent }: FollowOptions,
): Promise<Heard> => {
  const late = AbortSignal.timeout(withinMs);
  const found = new AbortController();
  let last = 'nothing';
  for await (const batch of log.tail({ filter, after, signal: AbortSignal.any([late, found.signal]) })) {
    for (const recorded of batch) {
      const heard = { recorded, event: decodeEvent(recorded) };
      onEvent?.(heard);
      last = `${recorded.type} ${recorded.subject}`;
      if (!wanted(heard)) continue;
      found.abort();
      return heard;
    }
  }
  throw new Error(`waited ${withinMs / 1000} s in vain for ${what}; the last event was ${last}`);
};
