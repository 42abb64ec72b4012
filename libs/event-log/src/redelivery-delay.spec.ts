import { describe, expect, it } from 'vitest';
import { redeliveryDelay } from './redelivery-delay.ts';

describe('the delay before a redelivery', () => {
  it('doubles, up to a minute', () => {
    expect([1, 2, 3, 4].map(redeliveryDelay)).toEqual([100, 200, 400, 800]);
    expect([10, 11, 40, 1_000_000].map(redeliveryDelay)).toEqual([51_200, 60_000, 60_000, 60_000]);
  });
});
