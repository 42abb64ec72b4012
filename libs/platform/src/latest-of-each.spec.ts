import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { latestOfEach } from './latest-of-each.ts';

const about = (stepId: string, bytes: number) => ({ planId: 'p', stepId, bytes });

describe('the latest of each step', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const saying = () => {
    const sent: unknown[] = [];
    const latest = latestOfEach<ReturnType<typeof about>>((message) => sent.push(message));
    return { sent, latest };
  };

  it('is sent at once, then at most twice a second, and the newest is never left out', () => {
    const { sent, latest } = saying();
    for (let at = 0; at < 1000; at++) {
      latest.say(about('a', at));
      vi.advanceTimersByTime(10);
    }
    expect(sent.length).toBeGreaterThanOrEqual(19);
    expect(sent.length).toBeLessThanOrEqual(21);
    vi.advanceTimersByTime(500);
    expect(sent.at(-1)).toEqual(about('a', 999));
  });

  it('of one step does not wait for another', () => {
    const { sent, latest } = saying();
    latest.say(about('a', 1));
    latest.say(about('b', 1));
    expect(sent).toEqual([about('a', 1), about('b', 1)]);
  });

  it('is said again for those who come later, until the step has ended', () => {
    const { sent, latest } = saying();
    latest.say(about('a', 1));
    vi.advanceTimersByTime(10_000);
    expect(sent.length).toBeGreaterThanOrEqual(2);
    latest.say(about('a', 2));
    latest.say(about('a', 3));
    latest.sayLast(about('a', 4));
    const count = sent.length;
    expect(sent.at(-1)).toEqual(about('a', 4));
    vi.advanceTimersByTime(60_000);
    expect(sent.length).toBe(count);
  });

  it('is nothing any more once it is closed', () => {
    const { sent, latest } = saying();
    latest.say(about('a', 1));
    latest.say(about('a', 2));
    latest.close();
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([about('a', 1)]);
  });
});
