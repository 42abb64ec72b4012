import type { JsonObject } from '@osm/kernel';
import { expect, it } from 'vitest';
import { contextOf, namedTwins, policyOf, stageMarker } from '../stage.ts';
import { texts } from '../texts.ts';
import type { Law } from './law.ts';

const sentinel = 'the-secret-that-nobody-may-see';

/** What is marked secret reaches the destination's create request, and no event, plan or filter. */
export const secretsStaySecret: Law = (handler, fixture) => {
  if (handler.secret.length === 0) return;

  it('keeps secrets out of all that is recorded', () => {
    const secrets = Object.fromEntries(handler.secret.map((name) => [name, sentinel]));
    const attributes: JsonObject = { ...fixture.full, ...secrets };
    const lookup = handler.lookup(attributes, namedTwins, stageMarker, policyOf());
    const shown = [
      handler.name(attributes),
      handler.projectId(attributes),
      handler.needs(attributes, policyOf()),
      handler.links(attributes),
      handler.steps(attributes, policyOf()).map(({ name }) => name),
      handler.expect(attributes, namedTwins, contextOf(fixture)),
      lookup.kind === 'unique' ? [lookup.query, lookup.match] : lookup,
    ];
    expect(texts(shown).filter((text) => text.includes(sentinel))).toEqual([]);
  });

  it('lets nobody filter by a secret', () => {
    expect(handler.filters.filter((name) => handler.secret.includes(name))).toEqual([]);
  });
};
