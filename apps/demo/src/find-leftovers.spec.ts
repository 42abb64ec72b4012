import { describe, expect, it } from 'vitest';
import { findLeftovers } from './find-leftovers.ts';

const image = (id: string, more: object = {}) => ({ id, name: `name of ${id}`, ...more });
const twin = (sourceId: string, destinationId: string) => ({ type: 'image', sourceId, destinationId });

describe('what a migration leaves behind', () => {
  it('is nothing where all that came is a twin', () => {
    const now = new Map([['image', [image('old'), image('new')]]]);
    expect(findLeftovers({ image: ['old'] }, now, [twin('a', 'new')])).toEqual([]);
  });

  it('is a thing that nobody is the original of', () => {
    const now = new Map([['image', [image('temporary')]]]);
    expect(findLeftovers({}, now, [])).toEqual(["image name of temporary (temporary) is nobody's twin"]);
  });

  it('is a marker that was not taken off', () => {
    const marked = image('new', { description: 'osm-0123456789abcdef0123456' });
    expect(findLeftovers({}, new Map([['image', [marked]]]), [twin('a', 'new')])).toEqual([
      'image name of new (new) still has its marker',
    ]);
  });

  it('is a thing that was there and is not, a twin that is not there, and one that has two originals', () => {
    expect(findLeftovers({ image: ['old'] }, new Map([['image', []]]), [twin('a', 'new'), twin('b', 'new')])).toEqual([
      'image old has gone',
      'image new is not there',
      'image new is not there',
      'image new is the twin of 2: a, b',
    ]);
  });
});
