import type { Clock } from '@osm/kernel';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many bytes a process may move, shared by all that moves. */
export interface Bandwidth {
  /** Bytes per second; undefined: as fast as it goes. May be set at any time, and counts at once. */
  limit: number | undefined;
  /** Waits until so many bytes may go; nothing: they may go now. First come, first served. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined;
}

/** What nobody used is kept for so long: more would let bursts through that the limit is there to prevent. */
const idleSeconds = 0.1;
/** What somebody waits for is kept longer: a timer that comes late must cost nothing. */
const waitedSeconds = 1;
/** A wait is looked at again at least so often, milliseconds. */
const longestMs = 200;

interface Waiter {
  bytes: number;
  go(): void;
}

/** A bucket that fills with `limit` bytes each second. `limit` is first what is given. */
export const openBandwidth = (limit?: number, clock: Clock = monotonic): Bandwidth => {
  const waiters = new Set<Waiter>();
  let full = 0;
  let lastMs = clock.now().getTime();
  let isRunning = false;

  const fill = (): void => {
    const nowMs = clock.now().getTime();
    const rate = limit ?? Infinity;
    const kept = waiters.size > 0 ? waitedSeconds : idleSeconds;
    full = Math.min(full + (rate * Math.max(0, nowMs - lastMs)) / 1000, rate * kept);
    lastMs = nowMs;
  };
  /** Serves those who wait, in their order, with what there is. */
  const serve = (): void => {
    if (limit !== undefined) fill();
    for (const waiter of waiters) {
      const part = limit === undefined ? waiter.bytes : Math.min(waiter.bytes, full);
      waiter.bytes -= part;
      if (limit !== undefined) full -= part;
      // What is left of a byte is rounding.
      if (waiter.bytes >= 1) return;
      waiters.delete(waiter);
      waiter.go();
    }
  };
  const run = async (): Promise<void> => {
    isRunning = true;
    for (serve(); waiters.size > 0; serve()) {
      const [first] = waiters;
      const needMs = limit === undefined || first === undefined ? 0 : (first.bytes / Math.max(limit, 1)) * 1000;
      await clock.sleep(Math.min(Math.max(Math.ceil(needMs), 1), longestMs));
    }
    isRunning = false;
  };
  return {
    get limit() {
      return limit;
    },
    set limit(next) {
      if (limit !== undefined) serve();
      limit = next;
      full = 0;
      lastMs = clock.now().getTime();
      if (limit === undefined) serve();
    },
    take: (bytes, signal) => {
      if (limit === undefined && waiters.size === 0) return undefined;
      if (signal.aborted) return Promise.reject(signal.reason);
      if (waiters.size === 0) fill();
      return new Promise((resolve, reject) => {
        const off = (): void => {
          waiters.delete(waiter);
          reject(signal.reason);
        };
        const go = (): void => {
          signal.removeEventListener('abort', off);
          resolve();
        };
        const waiter: Waiter = { bytes, go };
        waiters.add(waiter);
        signal.addEventListener('abort', off, { once: true });
        if (!isRunning) void run();
      });
    },
  };
};

/** Not the wall clock: that may be set while bytes flow. */
const monotonic: Clock = {
  now: () => new Date(performance.now()),
  sleep: (milliseconds) => sleep(milliseconds),
};
