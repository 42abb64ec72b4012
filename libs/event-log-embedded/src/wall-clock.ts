import { setTimeout } from 'node:timers/promises';
import type { Clock } from '@osm/kernel';

/** The machine's own time. */
export const wallClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal }),
};
