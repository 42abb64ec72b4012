import type { Route } from '@osm/kernel';
import { PolicySchema } from '@osm/resource';
import { resourceTypes } from '@osm/resources/all';
import { describe, expect, it } from 'vitest';
import { hasTrace, markIn, marksOf } from './marks.ts';

const route: Route = { source: 'old', destination: 'new' };
const policy = PolicySchema.parse({});

describe('the marks of a resource', () => {
  const traced = resourceTypes.filter(hasTrace);

  it('are those by which its type finds its twin by a tag', () => {
    expect(traced.map(({ type }) => type).sort()).toEqual(['instance', 'load-balancer']);
    for (const handler of traced) {
      const lookup = handler.lookup({ id: 'x1' }, () => 'd', 'unused', policy);
      const [mark] = marksOf(route, handler, 'x1', 0)[0] ?? [];
      if (lookup.kind !== 'traces') throw new Error(`${handler.type} has no traces`);
      expect([handler.type, lookup.matches({ tags: [String(mark)] })]).toEqual([handler.type, true]);
      expect(lookup.matches({ tags: [`${String(mark)}0`] })).toBe(false);
    }
  });

  it('are an id, where the id is chosen', () => {
    const image = resourceTypes.find(({ type }) => type === 'image');
    if (image === undefined) throw new Error('there are no images');
    const marks = marksOf(route, image, 'i1', 0).map(([mark]) => mark);
    expect(marks[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(marks).toContain('osm-image-i1-to-new');
  });

  it('are different for each type, original, step and route', () => {
    const all = resourceTypes.flatMap((handler) => marksOf(route, handler, 'x1').map(([mark]) => mark));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a marker in a text', () => {
  const mark = 'osm-0123456789abcdef0123456';

  it('is all of it, or what it begins with', () => {
    expect([markIn(mark), markIn(`${mark}-lent-role`)]).toEqual([mark, mark]);
    for (const other of [`${mark}7`, `x${mark}`, 'osm-short', 'osm-image-1-to-new', null, 7]) {
      expect(markIn(other)).toBeUndefined();
    }
  });
});
