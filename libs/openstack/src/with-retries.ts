import { isFailure, type Clock, type Failure } from '@osm/kernel';
import { isRepeatable, type Asked } from './classify.ts';
import type { RetryBudget } from './retry-budget.ts';

const retries = 4;
const firstMs = 250;
const longestMs = 8000;
/** A cloud that wants more patience than this is asked again by the engine, not here. Seconds. */
const longestRetryAfter = 60;
/** A cloud that lets every request run into its time limit would keep a person waiting for minutes otherwise. */
const longestMsInAll = 120_000;

/**
 * Tries again what may be tried again, up to four times, with full jitter or as long as the cloud asks for. What is not
 * idempotent is only sent again when it is certain that it was not executed: no connection, or refused for its rate. With a
 * budget, whatever is sent again for other reasons than the rate counts against it.
 */
export const withRetries = async <T>(
  what: Pick<Asked, 'method' | 'repeatable'>,
  clock: Clock,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
  budget?: RetryBudget,
): Promise<T> => {
  budget?.asked();
  const startedMs = clock.now().getTime();
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const tried = failures === retries || clock.now().getTime() - startedMs >= longestMsInAll;
      if (tried || !isFailure(error) || !isSafe(what, error)) throw error;
      const waitMs = pause(failures, error.retryAfter);
      if (waitMs === undefined) throw error;
      if (error.code !== 'throttled' && budget?.spend() === false) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
};

const isSafe = (what: Pick<Asked, 'method' | 'repeatable'>, { code, disposition }: Failure): boolean => {
  if (disposition !== 'retry') return false;
  if (!isRepeatable(what)) return code === 'unreachable' || code === 'throttled';
  return code === 'unreachable' || code === 'throttled' || code === 'unavailable';
};

/** Milliseconds until the next attempt; undefined where that is too long to wait here. */
const pause = (failures: number, retryAfter: number | undefined): number | undefined => {
  const backoff = Math.random() * Math.min(longestMs, firstMs * 2 ** failures);
  if (retryAfter === undefined) return backoff;
  return retryAfter > longestRetryAfter ? undefined : retryAfter * 1000 + backoff;
};
