import { describe, expect, it } from 'vitest';
import { filterOf, queryOf, searchOf } from './inventory-filter.ts';

describe('what of the inventory is shown', () => {
  it('is the same after it has been an address', () => {
    const filter = {
      ...{ cloud: 'c', project: 'p 1', type: 'port', q: '10.0.0.', uncovered: false },
      there: 'gone',
    } as const;
    expect(filterOf(searchOf(filter))).toEqual(filter);
    expect(filterOf(new URLSearchParams(searchOf(filter).toString()))).toEqual(filter);
  });

  it('needs no address at first', () => {
    const first = filterOf(new URLSearchParams());
    expect(searchOf(first).toString()).toBe('');
    expect(queryOf(first)).toEqual({});
  });

  it('asks for what is gone, what is there, or says nothing of it', () => {
    expect(queryOf(filterOf(new URLSearchParams('there=gone')))).toEqual({ vanished: true });
    expect(queryOf(filterOf(new URLSearchParams('there=there')))).toEqual({ vanished: false });
    expect(queryOf(filterOf(new URLSearchParams('there=nonsense')))).toEqual({});
  });

  it('does not ask for blanks', () => {
    expect(queryOf(filterOf(new URLSearchParams('q=%20web%20')))).toEqual({ q: 'web' });
    expect(queryOf(filterOf(new URLSearchParams('q=%20')))).toEqual({});
  });
});
