import { describe, expect, it } from 'vitest';
import { pageOf, queryString } from './paging.ts';

describe('a page', () => {
  it.each([
    [
      'Neutron',
      {
        things: [],
        things_links: [
          { rel: 'previous', href: 'http://x/?a' },
          { rel: 'next', href: 'http://evil/v2.0/things?limit=1&marker=m' },
        ],
      },
    ],
    ['Keystone', { things: [], links: { next: 'http://x/v3/things?limit=1&marker=m', previous: null } }],
    ['Glance', { things: [], next: '/v2/things?limit=1&marker=m' }],
  ])('of %s points to the next by its query', (_, body) => {
    const page = pageOf(body, 'things', { fields: ['id', 'name'] });
    expect(queryString(page?.next)).toBe('?fields=id&fields=name&limit=1&marker=m');
  });

  it.each([
    ['Keystone', { things: [{ id: '1' }], links: { next: null } }],
    ['Neutron', { things: [{ id: '1' }], things_links: [{ rel: 'previous', href: 'http://x/?page_reverse=True' }] }],
    ['Nova', { things: [{ id: '1' }] }],
  ])('of %s may be the last', (_, body) => {
    expect(pageOf(body, 'things', {})).toEqual({ items: [{ id: '1' }], next: undefined, truncated: false });
  });

  it('of Swift is a bare list, and the empty one is the last', () => {
    expect(pageOf([{ name: 'a' }, { subdir: 'b/' }], 'objects', { limit: '2' })?.next).toEqual({
      limit: '2',
      marker: 'b/',
    });
    expect(pageOf([], 'objects', {})?.next).toBe(undefined);
  });

  it('that the cloud cut off is known as such, unless there is a way on', () => {
    const truncated = (next: string | null) =>
      pageOf({ things: [], links: { next }, truncated: true }, 'things', {})?.truncated;
    expect([truncated(null), truncated('http://x/?marker=m')]).toEqual([true, false]);
  });

  it('without the list is no page', () => {
    expect(pageOf({ others: [] }, 'things', {})).toBe(undefined);
    expect(pageOf('<html>', 'things', {})).toBe(undefined);
  });
});
