import { describe, expect, it } from 'vitest';
import { marker, markerId } from './marker.ts';

const route = { source: 'old', destination: 'new' };

describe('marker', () => {
  it('differs by route, type, id and step', () => {
    const all = [
      marker(route, 'network', '1'),
      marker({ source: 'new', destination: 'old' }, 'network', '1'),
      marker(route, 'subnet', '1'),
      marker(route, 'network', '2'),
      marker(route, 'network', '1', 'export'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('gives a well-formed UUID, the same each time', () => {
    const id = markerId(marker(route, 'image', '1'));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(markerId(marker(route, 'image', '1'))).toBe(id);
  });
});
