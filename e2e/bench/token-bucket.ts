/** A limit of bytes per second with a small store of what was not used, as the queue before a link is. */
export interface TokenBucket {
  /** Takes so many bytes; answers the milliseconds to wait before the next are taken. */
  take(bytes: number): number;
}

/** Milliseconds of the limit that may be caught up on: a timer that rings late costs the link nothing. */
const storedMs = 100;

/** Waits shorter than this are saved up: timers for every packet would be most of what a link costs here. */
const shortestMs = 10;

/** A bucket of so many bytes per second; undefined: without a bottom. */
export const tokenBucket = (bytesPerSecond: number | undefined): TokenBucket => {
  if (bytesPerSecond === undefined) return { take: () => 0 };
  let freeAt = performance.now();
  return {
    take: (bytes) => {
      const now = performance.now();
      freeAt = Math.max(freeAt, now - storedMs) + (bytes / bytesPerSecond) * 1000;
      const wait = freeAt - now;
      return wait < shortestMs ? 0 : wait;
    },
  };
};
