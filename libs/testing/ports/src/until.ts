import { setTimeout } from 'node:timers/promises';

/** Waits for a condition, looked at every few milliseconds; says what did not come true when the deadline passed. */
export const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within 10 s: ${what}`);
    await setTimeout(5);
  }
};
