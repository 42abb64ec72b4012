/**
 * Lets so many through at a time. The agents would queue by themselves, but a request's time limit counts from when it is
 * given to the agent: waiting in that queue would look like a cloud that does not answer.
 */
export interface Gate {
  /** Waits for a place and answers the function that gives it back. Rejects with the signal's reason when aborted first. */
  enter(signal?: AbortSignal): Promise<() => void>;
}

export const gate = (places: number): Gate => {
  let taken = 0;
  const waiting = new Set<() => void>();
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) taken -= 1;
    else next();
  };
  const once = (): (() => void) => {
    let left = false;
    return () => {
      if (!left) leave();
      left = true;
    };
  };
  return {
    enter: async (signal) => {
      signal?.throwIfAborted();
      if (taken < places) {
        taken += 1;
        return once();
      }
      await new Promise<void>((resolve, reject) => {
        const admitted = (): void => {
          waiting.delete(admitted);
          signal?.removeEventListener('abort', aborted);
          resolve();
        };
        const aborted = (): void => {
          waiting.delete(admitted);
          reject(signal?.reason);
        };
        waiting.add(admitted);
        signal?.addEventListener('abort', aborted, { once: true });
      });
      return once();
    },
  };
};
