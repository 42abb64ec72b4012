import type { JsonObject } from '@osm/kernel';
import type { Subscription } from './event-log.ts';

/** One command in the hands of one worker. */
export interface Delivery {
  readonly key: string;
  readonly command: JsonObject;
  /**
   * 1 for the first time, more when an earlier worker died or asked for later. Too low when the queue's server ended,
   * too: what the aggregate's own events say of an earlier start counts as much.
   */
  readonly deliveries: number;
  /** Aborted when the lease is lost: somebody else may be running the command now. */
  readonly signal: AbortSignal;
}

/**
 * Milliseconds: the lease of what many wait for and what is cheap to begin anew. Bytes on their way are not: their lease has
 * to outlast the failover of a NATS cluster.
 */
export const shortLease = 3000;

/** What a worker answers: done for good, or again after so many milliseconds. */
export type Handled = 'done' | { readonly again: number };

export interface WorkOptions {
  readonly queue: string;
  /** How many commands this process runs at once. */
  readonly slots: number;
  /**
   * Milliseconds after which what a process that died had in hand goes to another one, where that is shorter than what the
   * queue was opened with. A log within one process knows at once.
   */
  readonly leaseMs?: number;
  /** A thrown error means again, with growing delay. */
  readonly handler: (delivery: Delivery) => Promise<Handled>;
}

/**
 * Work for services: each command goes to one worker at a time and stays until it is done. The lease is the
 * un-acknowledged delivery: it is renewed while the handler runs and ends with the process.
 */
export interface CommandQueue {
  /**
   * At most one command per queue and key is pending at a time, from here until it is done: a second one is refused as
   * `pending`. A queue's name has letters, digits and `-`; a key is any text, its parts separated by dots.
   */
  enqueue(queue: string, key: string, command: JsonObject): Promise<'queued' | 'pending'>;
  work(options: WorkOptions): Promise<Subscription>;
  /** Takes back what no worker has ever taken, by prefix of the key; returns how many. */
  withdraw(queue: string, keyPrefix: string): Promise<number>;
}
