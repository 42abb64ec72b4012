import { describe, expect, it } from 'vitest';
import { alternately, childSeconds, spread } from './index.ts';

describe('a spread', () => {
  it('is least, middle and most, by value and not by digits', () => {
    expect(spread([10, 9, 100])).toEqual({ min: 9, median: 10, max: 100 });
  });

  it('takes the mean of the two in the middle', () => {
    expect(spread([4, 1, 2, 100])).toEqual({ min: 1, median: 3, max: 100 });
  });

  it('of nothing is no figure', () => {
    expect(() => spread([])).toThrow('no figures');
  });
});

describe('sides', () => {
  it('take turns, and each begins as often as the others', async () => {
    const heard: string[] = [];
    const side = (name: string, figure: number) => async (round: number) => {
      heard.push(`${name}${round}`);
      return { figure: figure * (round + 1) };
    };
    const measured = await alternately(3, { ours: side('o', 1), theirs: side('t', 10) });
    expect(heard).toEqual(['o0', 't0', 't1', 'o1', 'o2', 't2']);
    expect(measured).toEqual({
      ours: { figure: { min: 1, median: 2, max: 3 } },
      theirs: { figure: { min: 10, median: 20, max: 30 } },
    });
  });

  it('that fail once fail the whole', async () => {
    const failing = async (): Promise<{ figure: number }> => {
      throw new Error('bad bytes');
    };
    await expect(alternately(5, { ours: failing })).rejects.toThrow('bad bytes');
  });
});

describe('the seconds of a shell’s children', () => {
  it('are those of its last line', () => {
    expect(childSeconds('0m0.001s 0m0.002s\n1m1.500s 0m0.250s\n')).toBeCloseTo(61.75);
  });

  it('are not guessed', () => {
    expect(() => childSeconds('curl: (7) failed')).toThrow('no answer of times');
  });
});
