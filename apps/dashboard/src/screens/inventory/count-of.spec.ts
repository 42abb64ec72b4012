import type { InventoryCount } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { countOf } from './count-of.ts';
import { filterOf } from './inventory-filter.ts';

const row = (project: string | null, type: string, present: number, vanished: number): InventoryCount => ({
  ...{ domain_id: null, domain_name: null, project_id: project, project_name: null },
  ...{ resource_type: type, present, vanished },
});
const counts = [row('p', 'port', 10, 2), row('p', 'network', 3, 0), row(null, 'flavor', 5, 1)];
const count = (address: string): number | undefined => countOf(counts, filterOf(new URLSearchParams(address)));

describe('how many resources fit', () => {
  it('is known of a project, of a type, and of both', () => {
    expect(count('')).toBe(21);
    expect(count('project=p')).toBe(15);
    expect(count('type=port')).toBe(12);
    expect(count('project=p&type=network')).toBe(3);
  });

  it('counts what is there, what is gone, or both', () => {
    expect(count('there=there')).toBe(18);
    expect(count('there=gone')).toBe(3);
  });

  it('is not known of what is searched', () => {
    expect(count('q=web')).toBeUndefined();
  });
});
