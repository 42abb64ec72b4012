import { setImmediate } from 'node:timers/promises';

/** Lets everything else that is due have its turn: SQLite is synchronous, and a long row of batches is answered by nobody. */
export const breath = async (signal?: AbortSignal): Promise<void> => {
  await setImmediate();
  signal?.throwIfAborted();
};
