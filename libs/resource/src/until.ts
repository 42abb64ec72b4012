import type { Clock, Failure } from '@osm/kernel';

/** How long is waited, and on whose clock. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly seconds: number;
}

/**
 * Asks until there is an answer other than undefined, at growing intervals of 0.1 to 3 seconds. When the time is over,
 * after a last question, raises what `tooLate` says.
 */
export const until = async <T>(
  ask: () => Promise<T | undefined>,
  { clock, signal, seconds }: Patience,
  tooLate: () => Failure,
): Promise<T> => {
  const deadline = clock.now().getTime() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 3000)) {
    const late = clock.now().getTime() > deadline;
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (late) throw tooLate();
    await clock.sleep(pause, signal);
  }
};
