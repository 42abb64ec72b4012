import { describe, expect, it } from 'vitest';
import { askedResource, filterOf, queryOf, searchOf } from './resource-filter.ts';

describe('which records are listed', () => {
  it('is the same after it has been an address', () => {
    const filter = { q: '10.0. 0', type: 'port', status: 'failed', plan: 'p', archived: true };
    expect(filterOf(new URLSearchParams(searchOf(filter).toString()))).toEqual(filter);
  });

  it('is, at first, all that count', () => {
    const first = filterOf(new URLSearchParams());
    expect(searchOf(first).toString()).toBe('');
    expect(queryOf(first)).toEqual({ archived: false });
  });

  it('does not ask for blanks', () => {
    expect(queryOf(filterOf(new URLSearchParams('q=%20web%20')))).toEqual({ q: 'web', archived: false });
  });
});

describe('an address that asks for one resource', () => {
  it('names its type and its id, which may have slashes', () => {
    expect(askedResource(new URLSearchParams({ of: 'object/a/b' }))).toEqual({ type: 'object', id: 'a/b' });
  });

  it.each(['', 'volume', '/1'])('and else is that of the list: %s', (of) => {
    expect(askedResource(new URLSearchParams({ of }))).toBeUndefined();
  });
});
