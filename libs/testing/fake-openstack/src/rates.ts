import type { Reply } from './frame.ts';

/** So many requests per second, and so many that may come at once when there were none before: a second's worth where absent. */
export interface Rate {
  readonly perSecond: number;
  readonly burst?: number;
  /** 429 where absent; a gateway that is overloaded says 503. */
  readonly status?: 429 | 503;
  /** `Retry-After` as a date instead of seconds. */
  readonly asDate?: boolean;
}

/** What became of the requests to a service that has a limit. */
export interface RateCount {
  readonly taken: number;
  readonly refused: number;
  /** Requests that came before the time that an earlier refusal had asked to wait for. */
  readonly tooSoon: number;
}

interface Bucket extends Rate {
  tokens: number;
  atMs: number;
  count: RateCount;
  /** From when on whoever asks has heard of a refusal, and when the service wants to be asked again. */
  heardMs: number;
  againMs: number;
}

const onTheirWayMs = 250;

/** Limits on the requests to each service, set and lifted while the cloud runs: a bucket of tokens each. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>();

  /** Limits a service, by its prefix, from now on. */
  limit(service: string, rate: Rate): void {
    const tokens = rate.burst ?? rate.perSecond;
    const count = { taken: 0, refused: 0, tooSoon: 0 };
    this.#buckets.set(service, {
      ...rate,
      tokens,
      atMs: performance.now(),
      count,
      heardMs: -Infinity,
      againMs: -Infinity,
    });
  }

  /** Lifts the limit of a service. */
  lift(service: string): void {
    this.#buckets.delete(service);
  }

  /** What came since it was limited; undefined where it is not. */
  count(service: string): RateCount | undefined {
    return this.#buckets.get(service)?.count;
  }

  /** Counts a request that comes now: the refusal where it is one too many. */
  take(service: string): Reply | undefined {
    const bucket = this.#buckets.get(service);
    if (bucket === undefined) return undefined;
    const { perSecond, burst = perSecond, status = 429, asDate = false, count } = bucket;
    const now = performance.now();
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = now;
    const tooSoon = count.tooSoon + (now > bucket.heardMs && now < bucket.againMs ? 1 : 0);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      bucket.count = { ...count, tooSoon, taken: count.taken + 1 };
      return undefined;
    }
    bucket.count = { ...count, tooSoon, refused: count.refused + 1 };
    const seconds = Math.ceil((1 - bucket.tokens) / perSecond);
    const again = asDate
      ? new Date(Math.ceil((Date.now() + seconds * 1000) / 1000) * 1000).toUTCString()
      : String(seconds);
    // Requests that were on their way when it was said are nobody's impatience, and timers ring a little early.
    if (now > bucket.againMs) bucket.heardMs = now + onTheirWayMs;
    bucket.againMs = Math.max(bucket.againMs, now + seconds * 1000 - 20);
    return {
      status,
      headers: { 'Retry-After': again },
      body: { error: { code: status, message: 'Too many requests.' } },
    };
  }
}
