import { describe, expect, it } from 'vitest';
import { parseFilters } from './filters.ts';

const network = { type: 'network', filters: ['project_id', 'name'] };

describe('filters', () => {
  it('take keys with dashes or underscores, and values with colons', () => {
    expect(parseFilters(['project-id:1', 'name:a:b'], network)).toEqual({ project_id: '1', name: 'a:b' });
  });

  it('take keys that have a colon themselves', () => {
    const flavor = { type: 'flavor', filters: ['os-flavor-access:is_public'] };
    expect(parseFilters(['os_flavor_access:is-public:false'], flavor)).toEqual({
      'os-flavor-access:is_public': 'false',
    });
  });

  it('take an empty value for a value', () => {
    expect(parseFilters(['name:'], network)).toEqual({ name: '' });
  });

  it('name the supported ones when one is unknown', () => {
    expect(() => parseFilters(['status:up'], network)).toThrow(
      expect.objectContaining({ code: 'unknown-filter', remedy: 'It can be filtered by project_id, name.' }),
    );
    expect(() => parseFilters(['a:b'], { type: 'secret', filters: [] })).toThrow(
      expect.objectContaining({ remedy: 'There are no filters for secret: use --all.' }),
    );
  });

  it.each(['name', ':value', ''])('refuse what is not key:value: %j', (text) => {
    expect(() => parseFilters([text], network)).toThrow(expect.objectContaining({ code: 'wrong-use' }));
  });

  it('refuse two values for one key', () => {
    expect(() => parseFilters(['name:a', 'name:b'], network)).toThrow(expect.objectContaining({ code: 'wrong-use' }));
  });
});
