import type { CommandQueue, EventLog } from '@osm/event-log';

/** One process's view of a log and a queue. */
export interface Replica {
  readonly log: EventLog;
  readonly queue: CommandQueue;
}

/**
 * How the storage's own process ends: in order, or killed. A server may forget some seconds of what was *acknowledged to
 * it* when it is killed (never of what it acknowledged): then events and commands come again.
 */
export type Ending = 'stopped' | 'killed';

/** A fresh, empty log and queue under test. */
export interface Opened extends Replica {
  /** One more process on the same storage; an adapter for a single process gives the same objects again. */
  replica(): Promise<Replica>;
  /** Ends what holds the storage, without asking handlers, and opens it again. */
  reopen(how: Ending): Promise<Replica>;
  /** Milliseconds by the clock that its delays are measured with; default: this process's own. */
  now?(): number;
  /** Lets go of everything and removes the storage. */
  dispose(): Promise<void>;
}

export type Open = () => Promise<Opened>;

/** Runs a law against fresh storage, which is gone afterwards, however the law ends. */
export const withOpened = (open: Open, law: (opened: Opened) => Promise<void>) => async (): Promise<void> => {
  const opened = await open();
  try {
    await law(opened);
  } finally {
    await opened.dispose();
  }
};
