import { describe, expect, it } from 'vitest';
import { colourWanted } from './colour-wanted.ts';

describe('colours', () => {
  it.each([
    ['on a terminal', {}, true, true],
    ['not in a file', {}, false, false],
    ['not where NO_COLOR is set', { NO_COLOR: '1' }, true, false],
    ['where NO_COLOR is empty', { NO_COLOR: '' }, true, true],
    ['not on a terminal that has none', { TERM: 'dumb' }, true, false],
    ['in a file where FORCE_COLOR is set', { FORCE_COLOR: '1' }, false, true],
    ['where FORCE_COLOR is empty, too', { FORCE_COLOR: '' }, false, true],
    ['where both are set', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['not where FORCE_COLOR is 0', { FORCE_COLOR: '0' }, true, false],
  ])('are wanted %s: %o', (_, env, terminal, wanted) => {
    expect(colourWanted(env, terminal)).toBe(wanted);
  });
});
