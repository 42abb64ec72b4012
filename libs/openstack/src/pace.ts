import { Failure, type Clock } from '@osm/kernel';

/** Keeps the requests to one service at the rate that it takes. */
export interface Pace {
  /** Requests per second that go out now; Infinity while nothing was refused and no ceiling is set. */
  readonly rate: number;
  /**
   * Waits for the turn of one request. Rejects with the signal's reason when aborted first, and with `throttled` where the
   * service wants to be left alone for longer than anybody should wait here.
   */
  turn(signal?: AbortSignal): Promise<Turn>;
}

/** One request that has had its turn: what became of it is to be said once. */
export interface Turn {
  /** The service took it, or refused it for other reasons. */
  passed(): void;
  /** The service refused it for its rate, and wants none for so many seconds; undefined: it does not say. */
  refused(retryAfter: number | undefined): void;
}

export interface PaceOptions {
  /** Who is spared, in words: `the network service of old`. */
  readonly whose: string;
  readonly clock: Clock;
  /** Requests per second that are never exceeded. */
  readonly ceiling?: number | undefined;
}

/** After a refusal: this part of the rate that was found. Closer to 1 would be refused again at once. */
const decrease = 0.95;
/** Seconds of requests until the rate that was found is reached again. */
const regain = 20;
/** From then on this part of it is added each second. */
const increase = 0.01;
/** What was found holds no more when the rate has grown to so many times of it unrefused: from there it is searched for anew. */
const outgrown = 1.3;
/** While it is searched for, the rate grows by this factor each second. */
const search = 1.15;
/** The rate at which a search is refused is above what is allowed, but not further than this. */
const overshoot = 0.8;
/** Nobody is throttled below this: requests per second. */
const slowest = 0.5;
/** Milliseconds of the rate that are caught up on: timers that ring late cost nothing. */
const stored = 100;
/** Whoever would wait longer than so many seconds is refused, and tries again with all of its patience. */
const longestWait = 60;
/** A service that does not say for how long: seconds. */
const unsaid = 1;

/** A rate that a service takes. */
interface Found {
  readonly rate: number;
  /** Whether it comes of a time long enough to be steady. */
  readonly isSure: boolean;
}

/**
 * Additive increase, multiplicative decrease. Between two refusals a service takes as many requests as it allows, whatever it
 * had in store in between: that is the rate to stay just below, and then to try again slowly. The increase counts in
 * requests, not in time: a rate that nobody asks for proves nothing. What was under way at a refusal is no news any more.
 */
export const openPace = ({ whose, clock, ceiling = Infinity }: PaceOptions): Pace => {
  const now = steady(clock);
  /** The rate that was found, and the seconds of requests since then. */
  let found: Found = { rate: Infinity, isSure: false };
  let grown = 0;
  /** When the next one may go, and when the first one after a pause. */
  let nextMs = -Infinity;
  let pausedUntilMs = -Infinity;
  /** Since the last decrease, or since the beginning: its number, its time, requests taken, and seconds of waiting for work. */
  let epoch = 0;
  let sinceMs = now();
  let taken = 0;
  let idleMs = 0;

  const rate = (): number => Math.min(ceiling, grownRate(found, grown));
  const decreased = (atMs: number): void => {
    const busySeconds = Math.max(1, (atMs - sinceMs - idleMs) / 1000);
    const was = rate();
    const isSearch = !found.isSure || was > found.rate * outgrown;
    // No more than what went out, for it was refused; a search is too short to be taken at its word.
    const least = isSearch && was !== Infinity ? was * overshoot : slowest;
    found = { rate: Math.max(least, Math.min(was, taken / busySeconds)), isSure: was !== Infinity };
    grown = 0;
    epoch += 1;
    [sinceMs, taken, idleMs] = [atMs, 0, 0];
  };
  const turn = async (signal?: AbortSignal): Promise<Turn> => {
    signal?.throwIfAborted();
    const atMs = now();
    const step = 1000 / rate();
    // A gap is nobody asking.
    if (nextMs > -Infinity) idleMs += Math.max(0, atMs - stored - Math.max(nextMs, pausedUntilMs));
    const mineMs = Math.max(nextMs, pausedUntilMs, atMs - stored);
    if (mineMs - atMs > longestWait * 1000) throw tooLong(whose, mineMs - atMs);
    nextMs = mineMs + step;
    if (found.rate !== Infinity) grown += step / 1000;
    if (mineMs > atMs) await clock.sleep(mineMs - atMs, signal);
    // Whoever had its turn before a pause began waits for its end, too: the service wants nobody.
    while (pausedUntilMs > now()) {
      const left = pausedUntilMs - now();
      if (left > longestWait * 1000) throw tooLong(whose, left);
      nextMs = Math.max(nextMs, pausedUntilMs) + step;
      await clock.sleep(nextMs - step - now(), signal);
    }
    const mine = epoch;
    return {
      passed: () => {
        taken += 1;
      },
      refused: (retryAfter) => {
        const endMs = now() + (retryAfter ?? unsaid) * 1000;
        if (mine === epoch) decreased(now());
        pausedUntilMs = Math.max(pausedUntilMs, endMs);
        // What the service has in store after a pause is no part of its rate, unless it is asked for.
        sinceMs = Math.max(sinceMs, pausedUntilMs);
      },
    };
  };
  return {
    get rate() {
      return rate();
    },
    turn,
  };
};

/** The rate after so many seconds of requests. */
const grownRate = ({ rate, isSure }: Found, seconds: number): number => {
  if (rate === Infinity) return Infinity;
  if (!isSure) return rate * decrease * search ** seconds;
  if (seconds < regain) return rate * (decrease + (1 - decrease) * (seconds / regain));
  const outgrownAt = (outgrown - 1) / increase;
  const beyond = seconds - regain - outgrownAt;
  return beyond < 0 ? rate * (1 + increase * (seconds - regain)) : rate * outgrown * search ** beyond;
};

const tooLong = (whose: string, ms: number): Failure => {
  const seconds = Math.ceil(ms / 1000);
  return new Failure('throttled', `cannot ask ${whose} now: it wants no request for ${seconds} s.`, {
    disposition: 'retry',
    remedy: 'Try again later, or raise the rate limit of the cloud.',
    retryAfter: seconds,
  });
};

/** Milliseconds that never go back, whatever is done to the clock. */
const steady = (clock: Clock): (() => number) => {
  let last = clock.now().getTime();
  let offset = 0;
  return () => {
    const read = clock.now().getTime();
    if (read + offset < last) offset = last - read;
    last = read + offset;
    return last;
  };
};
