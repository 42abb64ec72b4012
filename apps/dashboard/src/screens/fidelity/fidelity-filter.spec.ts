import { describe, expect, it } from 'vitest';
import { commandOf, filterOf, queryOf, searchOf } from './fidelity-filter.ts';

describe('what of the report is shown', () => {
  const filter = { plan: 'p', project: 'a b', type: 'volume', verdict: 'lost' } as const;

  it('is the same after it has been an address', () => {
    expect(filterOf(new URLSearchParams(searchOf(filter).toString()))).toEqual(filter);
  });

  it('needs no address at first, and asks for everything', () => {
    const first = filterOf(new URLSearchParams());
    expect(searchOf(first).toString()).toBe('');
    expect(queryOf(first)).toEqual({});
    expect(commandOf(first)).toBe('fidelity');
  });

  it('is all verdicts where the address has one that there is none of', () => {
    expect(filterOf(new URLSearchParams('verdict=perfect')).verdict).toBeUndefined();
  });

  it('can be asked for by the command line', () => {
    expect(commandOf({ ...filter, project: undefined })).toBe(
      'fidelity --plan p --resource-type volume --verdict lost',
    );
  });
});
