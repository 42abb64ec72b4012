import { describe, expect, it } from 'vitest';
import { bandwidthInWords, bytesPerSecond } from './bytes-per-second.ts';

describe('a bandwidth', () => {
  it.each([
    ['100MB/s', 100_000_000],
    ['100 mb/s', 100_000_000],
    ['1.5GB/s', 1_500_000_000],
    ['12.5MiB/s', 13_107_200],
    ['800Mbit/s', 100_000_000],
    ['10k', 10_000],
    ['1000000', 1_000_000],
    ['0', undefined],
    ['none', undefined],
  ])('is read from %s', (text, bytes) => expect(bytesPerSecond(text)).toBe(bytes));

  it.each(['', 'fast', '-1MB/s', '10 apples', '1iB/s', '1e3'])('is not read from %j', (text) => {
    expect(() => bytesPerSecond(text)).toThrow(/for a bandwidth/);
  });

  it.each([
    [50_000_000, '50 MB/s'],
    [12_500_000, '12.5 MB/s'],
    [999, '999 B/s'],
    [1_000, '1 kB/s'],
    [4_000_000_000, '4 GB/s'],
  ])('of %d is told as %s', (bytes, text) => expect(bandwidthInWords(bytes)).toBe(text));
});
