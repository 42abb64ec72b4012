import { describe, expect, it } from 'vitest';
import { howLongAgo } from './how-long-ago.ts';

const now = new Date('2026-03-14T02:00:00Z');
const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

describe('how long ago', () => {
  it('is told in the largest unit that is full', () => {
    expect(howLongAgo(before(42), now)).toBe('42 s ago');
    expect(howLongAgo(before(3 * 60 + 59), now)).toBe('3 min ago');
    expect(howLongAgo(before(5 * 3600), now)).toBe('5 h ago');
    expect(howLongAgo(before(86_400), now)).toBe('1 day ago');
    expect(howLongAgo(before(400 * 86_400), now)).toBe('1 year ago');
  });

  it('does not count the first seconds, for clocks differ', () => {
    expect(howLongAgo(before(3), now)).toBe('now');
    expect(howLongAgo(before(-3), now)).toBe('now');
  });

  it('tells what is to come', () => {
    expect(howLongAgo(before(-7200), now)).toBe('in 2 h');
  });
});
