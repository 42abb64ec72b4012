import type { Request } from '@osm/resource';
import { expect, it } from 'vitest';
import { contextOf, namedTwins, twinFor } from '../stage.ts';
import type { Law } from './law.ts';

/** A crash may come between any two requests, so each of them may be sent again. */
export const laterWritesMayBeRepeated: Law = (handler, fixture) => {
  it('finishes and removes with requests that may be sent twice', () => {
    const samples = [fixture.minimal, fixture.full];
    const requests = samples.flatMap((sample) => [
      ...handler.finish(sample, namedTwins, twinFor(handler, fixture, sample, namedTwins), contextOf(fixture)),
      ...handler.remove(sample),
    ]);
    expect(requests.filter((request) => !isRepeatable(request))).toEqual([]);
  });

  it('finishes the twin and removes the source, not the other way round', () => {
    const twin = twinFor(handler, fixture, fixture.full, namedTwins);
    for (const { path } of handler.finish(fixture.full, namedTwins, twin, contextOf(fixture))) {
      expect(path).toMatch(/^\//);
    }
    for (const { path } of handler.remove(fixture.full)) expect(path).toContain(handler.id(fixture.full));
  });
};

const isRepeatable = ({ method, accept = [], repeatable = false }: Request): boolean => {
  if (method === 'DELETE') return accept.includes(404);
  return method === 'POST' ? repeatable || accept.includes(409) : true;
};
