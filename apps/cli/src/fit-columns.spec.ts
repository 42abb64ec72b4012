import { describe, expect, it } from 'vitest';
import { fitColumns, wrapText } from './fit-columns.ts';

describe('columns', () => {
  const id = { width: 36, word: 36 };
  const words = { width: 60, word: 10 };

  it('stay as they are where there is room', () => {
    expect(fitColumns([id, words], 96)).toEqual([36, 60]);
  });

  it('with words give way before ids do', () => {
    expect(fitColumns([id, words], 60)).toEqual([36, 24]);
  });

  it('give way evenly, the widest first', () => {
    expect(fitColumns([words, { width: 40, word: 10 }], 50)).toEqual([25, 25]);
  });

  it('with ids give way where words are as narrow as can be', () => {
    expect(fitColumns([id, words], 40)).toEqual([28, 12]);
  });

  it('leave words whole as long as they can', () => {
    expect(fitColumns([{ width: 60, word: 30 }, words], 60)).toEqual([30, 30]);
    expect(fitColumns([{ width: 60, word: 30 }, words], 44)).toEqual([30, 14]);
  });

  it('are no narrower than can be read', () => {
    expect(fitColumns([id, words, { width: 4, word: 4 }], 10)).toEqual([12, 12, 4]);
  });
});

describe('a text', () => {
  it('is broken at blanks', () => {
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
  });

  it('is broken within a word that alone is too wide', () => {
    expect(wrapText('a 0123456789 b', 4)).toEqual(['a', '0123', '4567', '89 b']);
  });

  it('is one line where it fits, also when it is empty', () => {
    expect(wrapText('', 4)).toEqual(['']);
    expect(wrapText('four', 4)).toEqual(['four']);
  });
});
