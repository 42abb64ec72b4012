/** Runs work side by side, so much at a time. The first failure stops what has not begun. */
export interface Lanes {
  /** Waits until a lane is free, and begins. Raises what earlier work has raised. */
  begin(work: () => Promise<void>): Promise<void>;
  /** Waits until all has ended. Raises what any of it has raised. */
  end(): Promise<void>;
  /** Waits until all has ended, however. */
  idle(): Promise<void>;
}

/**
 * Works with lanes and the signal that their work obeys: when anything fails the rest is stopped, and waited for, so that
 * nothing is done behind the back of whoever hears of the failure.
 */
export const inLanes = async <T>(
  most: number,
  signal: AbortSignal,
  work: (lanes: Lanes, signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController();
  const lanes = openLanes(most, (error) => stop.abort(error));
  try {
    const result = await work(lanes, AbortSignal.any([signal, stop.signal]));
    await lanes.end();
    return result;
  } catch (error) {
    stop.abort(error);
    await lanes.idle();
    throw error;
  }
};

export const openLanes = (most: number, hears: (error: unknown) => void = () => undefined): Lanes => {
  const running = new Set<Promise<void>>();
  // Each lane that becomes free is handed to whoever waits longest: all of them asking anew would be quadratic.
  const waiting: (() => void)[] = [];
  let free = most;
  const failed: unknown[] = [];
  const check = (): void => {
    if (failed.length > 0) throw failed[0];
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    begin: async (work) => {
      await enter();
      try {
        check();
      } catch (error) {
        leave();
        throw error;
      }
      const run = work()
        .catch((error: unknown) => {
          failed.push(error);
          hears(error);
        })
        .finally(() => {
          running.delete(run);
          leave();
        });
      running.add(run);
    },
    idle: async () => void (await Promise.all(running)),
    end: async () => {
      await Promise.all(running);
      check();
    },
  };
};
