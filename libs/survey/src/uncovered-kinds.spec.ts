import { resourceTypes } from '@osm/resources/all';
import { expect, it } from 'vitest';
import { uncoveredPlaces } from './uncovered-kinds.ts';

it('calls nothing uncovered that a resource type of this build covers', () => {
  const covered = new Set(resourceTypes.flatMap(({ api }) => [`${api.service} ${api.path}`]));
  const wrong = uncoveredPlaces.filter(({ service, path }) => covered.has(`${service} ${path}`));
  expect(wrong.map(({ kind }) => kind)).toEqual([]);
  expect(covered).toContain('network /networks');
});

it('names each kind once', () => {
  const kinds = uncoveredPlaces.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
});
