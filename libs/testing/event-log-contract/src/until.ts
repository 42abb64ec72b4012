import { setTimeout } from 'node:timers/promises';

/** Waits for a condition, looked at every few milliseconds; says what did not come true when the deadline passed. */
export const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadline = 10_000,
): Promise<void> => {
  const end = performance.now() + deadline;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${deadline} ms: ${what}`);
    await setTimeout(5);
  }
};

/** A door that somebody else opens. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export const gate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
};

/** Everything that an iteration brings, as a list. */
export const gather = <T>(items: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(items);
