import { describe, expect, it } from 'vitest';
import { sizeWords } from './size-words.ts';

describe('bytes in words', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [10 * 1024, '10 KiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [2 ** 60, '1024 PiB'],
  ])('%d: %s', (bytes, words) => {
    expect(sizeWords(bytes)).toBe(words);
  });
});
