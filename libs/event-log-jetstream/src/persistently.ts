import { setTimeout } from 'node:timers/promises';
import { isUnreachable, natsFailure } from './nats-failure.ts';

/** Milliseconds for which a request is repeated while the server does not answer: longer than it takes to restart. */
const patience = 30_000;

/**
 * Repeats what may safely be repeated while the server does not answer, so that its restart is a pause and not an error.
 * What else goes wrong, and what lasts too long, is thrown as a failure.
 */
export const persistently = async <T>(work: () => Promise<T>): Promise<T> => {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error) || performance.now() > end) throw natsFailure(error);
      await setTimeout(100);
    }
  }
};
