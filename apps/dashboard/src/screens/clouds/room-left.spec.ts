import { describe, expect, it } from 'vitest';
import { roomLeft } from './room-left.ts';

const quota = (limit: number | null, inUse: number) => ({
  ...{ service: 'compute', name: 'ram', limit, default_limit: null, in_use: inUse },
});

describe('the room that a limit leaves', () => {
  it('is told as a share and in words', () => {
    expect(roomLeft(quota(51_200, 12_800))).toEqual({ used: 0.25, words: '12,800 of 51,200', state: 'ok' });
  });

  it('is short from nine tenths on, and none where all is used', () => {
    expect(roomLeft(quota(10, 9)).state).toBe('nearly full');
    expect(roomLeft(quota(10, 11))).toMatchObject({ used: 1, state: 'full' });
    expect(roomLeft(quota(0, 0)).state).toBe('full');
  });

  it('has no end where there is no limit', () => {
    expect(roomLeft(quota(null, 7))).toEqual({ used: undefined, words: '7, no limit', state: 'ok' });
  });
});
