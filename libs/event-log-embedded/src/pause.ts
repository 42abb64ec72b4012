import type { Clock } from '@osm/kernel';

const longest = 24 * 3600 * 1000;

/** Sleeps for so many milliseconds, at most a day, or until the signal is aborted. Never rejects. */
export const pause = (clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> =>
  clock.sleep(Math.max(0, Math.min(milliseconds, longest)), signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
