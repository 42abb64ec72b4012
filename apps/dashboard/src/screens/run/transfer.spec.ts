import type { Telemetry } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { afterWord, rateOf, secondsLeft, type Transfer } from './transfer.ts';

const moved = (bytes: number, total: number | null = 1000): Telemetry => ({
  ...{ plan_id: 'p', step_id: 'volume/1/transfer', state: 'moving' },
  ...{ bytes, total, what: null, since: null, until: null, heard_at: '2026-11-23T00:00:00Z' },
});

const after = (...words: readonly (readonly [at: number, bytes: number])[]): Transfer | undefined =>
  words.reduce<Transfer | undefined>((before, [at, bytes]) => afterWord(before, moved(bytes), at), undefined);

describe('a transfer', () => {
  it('has no rate before two words of it', () => {
    const one = after([0, 100]);
    expect(one && rateOf(one)).toBeUndefined();
    expect(one && secondsLeft(one)).toBeUndefined();
  });

  it('goes as fast as in the last quarter of a minute', () => {
    const transfer = after([0, 0], [1000, 10], [20_000, 100], [30_000, 300]);
    expect(transfer && rateOf(transfer)).toBe(20);
    expect(transfer && secondsLeft(transfer)).toBe(35);
  });

  it('that begins anew is not slower than nothing', () => {
    const transfer = after([0, 900], [1000, 0], [2000, 50]);
    expect(transfer && rateOf(transfer)).toBe(50);
  });

  it('of unknown size tells its rate, and no end', () => {
    const transfer = afterWord(afterWord(undefined, moved(0, null), 0), moved(10, null), 1000);
    expect(rateOf(transfer)).toBe(10);
    expect(secondsLeft(transfer)).toBeUndefined();
  });
});
