import type { Clock } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { openPace } from './pace.ts';

/** Time in which only what is slept passes, however many sleep at once. */
const virtualTime = () => {
  let now = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(Math.floor(now)),
    sleep: (ms) => new Promise<void>((wake) => sleepers.push({ at: now + Math.max(0, ms), wake })),
  };
  return {
    clock,
    now: () => now,
    pass: async (untilMs: number): Promise<void> => {
      for (;;) {
        for (let turns = 0; turns < 12; turns += 1) await Promise.resolve();
        const next = sleepers.reduce<(typeof sleepers)[number] | undefined>(
          (first, each) => (first === undefined || each.at < first.at ? each : first),
          undefined,
        );
        if (next === undefined || next.at > untilMs) return;
        sleepers.splice(sleepers.indexOf(next), 1);
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
};

interface Scenario {
  readonly perSecond: number;
  readonly burst: number;
  readonly processes?: number;
  readonly ceiling?: number;
  /** Seconds that count, after as many as `settle`. */
  readonly seconds: number;
  readonly settle: number;
}

/** Sixteen callers of each process ask as often as they may, 30 ms for each answer, of a bucket of tokens. */
const simulate = async ({ perSecond, burst, processes = 1, ceiling, seconds, settle }: Scenario) => {
  const time = virtualTime();
  const counts = { taken: 0, refused: 0, tooSoon: 0 };
  const shares = Array.from({ length: processes }, () => 0);
  let [tokens, atMs] = [burst, 0];
  const arrives = (): boolean => {
    tokens = Math.min(burst, tokens + ((time.now() - atMs) / 1000) * perSecond);
    atMs = time.now();
    const isTaken = tokens >= 1;
    if (isTaken) tokens -= 1;
    if (atMs >= settle * 1000) counts[isTaken ? 'taken' : 'refused'] += 1;
    return isTaken;
  };
  for (let index = 0; index < processes; index += 1) {
    const pace = openPace({ whose: 'it', clock: time.clock, ceiling });
    let pausedUntilMs = 0;
    const caller = async (): Promise<void> => {
      for (;;) {
        const turn = await pace.turn();
        if (time.now() < pausedUntilMs) counts.tooSoon += 1;
        await time.clock.sleep(15);
        const isTaken = arrives();
        await time.clock.sleep(15);
        if (isTaken) {
          turn.passed();
          shares[index] = (shares[index] ?? 0) + 1;
        } else {
          turn.refused(1);
          pausedUntilMs = Math.max(pausedUntilMs, time.now() + 999);
        }
      }
    };
    for (let count = 0; count < 16; count += 1) void caller();
  }
  await time.pass((settle + seconds) * 1000);
  const { taken, refused, tooSoon } = counts;
  return { used: taken / (perSecond * seconds), refused: refused / (taken + refused), tooSoon, shares };
};

describe('the pace of requests', () => {
  it.each([
    ['a second’s worth in store', { perSecond: 50, burst: 50, seconds: 60, settle: 10 }],
    ['two seconds’ worth in store', { perSecond: 50, burst: 100, seconds: 60, settle: 10 }],
    ['a high rate', { perSecond: 500, burst: 500, seconds: 30, settle: 10 }],
    [
      'four processes that do not know of each other',
      { perSecond: 50, burst: 50, processes: 4, seconds: 300, settle: 60 },
    ],
  ])('uses 95 % of what is allowed, and at most 1 % is refused: %s', async (_, scenario) => {
    const { used, refused, tooSoon } = await simulate(scenario);
    expect(used).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(0.01);
    expect(tooSoon).toBe(0);
  });

  it('leaves no process without its part', async () => {
    const { shares } = await simulate({ perSecond: 50, burst: 50, processes: 4, seconds: 300, settle: 0 });
    expect(Math.min(...shares) / Math.max(...shares)).toBeGreaterThan(0.2);
  });

  it('never goes above its ceiling', async () => {
    const { used, refused } = await simulate({ perSecond: 50, burst: 50, ceiling: 20, seconds: 60, settle: 10 });
    expect(used).toBeCloseTo(20 / 50, 2);
    expect(refused).toBe(0);
  });

  it('keeps nobody waiting for longer than a minute', async () => {
    const { clock } = virtualTime();
    const pace = openPace({ whose: 'the network service of new', clock });
    (await pace.turn()).refused(600);
    await expect(pace.turn()).rejects.toMatchObject({ code: 'throttled', disposition: 'retry', retryAfter: 600 });
  });

  it('is not stopped by a clock that is put back', async () => {
    let now = 1_000_000;
    const slept: number[] = [];
    const sleep: Clock['sleep'] = async (ms) => {
      slept.push(ms);
      now += ms;
    };
    const pace = openPace({ whose: 'it', clock: { now: () => new Date(now), sleep }, ceiling: 10 });
    await pace.turn();
    now -= 500_000;
    for (let count = 0; count < 5; count += 1) await pace.turn();
    expect(Math.max(...slept)).toBeLessThan(1000);
  });
});
