import type { Clock } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { openBandwidth } from './bandwidth.ts';

/** A clock whose time passes by sleeping alone. */
const sleepingClock = (): Clock & { readonly ms: () => number } => {
  let ms = 0;
  return {
    ms: () => ms,
    now: () => new Date(ms),
    sleep: async (milliseconds) => {
      await Promise.resolve();
      ms += milliseconds;
    },
  };
};

const never = new AbortController().signal;

describe('a bandwidth', () => {
  it('keeps nobody waiting without a limit', () => {
    expect(openBandwidth().take(1e9, never)).toBeUndefined();
  });

  it('lets as many bytes through as it says, whoever moves them', async () => {
    const clock = sleepingClock();
    const bandwidth = openBandwidth(1_000_000, clock);
    const chunks = Array.from({ length: 50 }, async () => await bandwidth.take(200_000, never));
    await Promise.all(chunks);
    expect(clock.ms() / 1000).toBeGreaterThan(9.5);
    expect(clock.ms() / 1000).toBeLessThan(11);
  });

  it('serves in the order of asking, chunks larger than a second’s bytes too', async () => {
    const clock = sleepingClock();
    const bandwidth = openBandwidth(1000, clock);
    const order: string[] = [];
    await Promise.all([
      bandwidth.take(5000, never)?.then(() => order.push('large')),
      bandwidth.take(1, never)?.then(() => order.push('small')),
    ]);
    expect(order).toEqual(['large', 'small']);
    expect(clock.ms()).toBeGreaterThanOrEqual(4900);
  });

  it('is changed while somebody waits, within a second', async () => {
    const clock = sleepingClock();
    const bandwidth = openBandwidth(1, clock);
    const waits = bandwidth.take(1_000_000, never);
    await clock.sleep(3000);
    const before = clock.ms();
    bandwidth.limit = 10_000_000;
    await waits;
    expect(clock.ms() - before).toBeLessThan(1000);
    bandwidth.limit = 1;
    const more = bandwidth.take(1_000_000, never);
    bandwidth.limit = undefined;
    await more;
    expect(bandwidth.take(1_000_000, never)).toBeUndefined();
  });

  it('lets go of who is called off, and of nobody else', async () => {
    const clock = sleepingClock();
    const bandwidth = openBandwidth(1000, clock);
    const controller = new AbortController();
    const off = bandwidth.take(1_000_000, controller.signal);
    const other = bandwidth.take(10, never);
    controller.abort(new Error('enough'));
    await expect(off).rejects.toThrow('enough');
    await other;
    expect(clock.ms()).toBeLessThan(2000);
  });
});
