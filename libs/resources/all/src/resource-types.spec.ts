import { services } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { resourceTypes } from './resource-types.ts';

const names = resourceTypes.map(({ type }) => type);

describe('the list of all resource types', () => {
  it('names each type once', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('has every type that another one needs, links or lives in', () => {
    const wanted = resourceTypes.flatMap(({ needTypes, linkTypes, parentTypes }) => [
      ...needTypes,
      ...linkTypes,
      ...parentTypes,
    ]);
    expect(wanted.filter((type) => !names.includes(type))).toEqual([]);
  });

  it('gives every type to a service that has a migrator', () => {
    expect(resourceTypes.filter(({ api }) => !services.includes(api.service))).toEqual([]);
  });
});
