import { useSyncExternalStore } from 'react';

/** Milliseconds between two looks at the clock. */
const beat = 5000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  // Nobody has looked for as long as nobody wanted to know.
  if (timer === undefined) now = Date.now();
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, beat);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
};

/** What the clock says, in milliseconds; one clock for the whole page, and a new look every five seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
