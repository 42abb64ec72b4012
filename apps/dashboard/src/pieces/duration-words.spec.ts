import { describe, expect, it } from 'vitest';
import { durationWords } from './duration-words.ts';

describe('seconds in words', () => {
  it.each([
    [0.4, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [4 * 86_400, '4 days'],
  ])('%d: %s', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });
});
