import { refKey, type Ref } from '@osm/kernel';
import { expect, it } from 'vitest';
import { contextOf, namedTwins, policyOf, stageMarker, twinFor } from '../stage.ts';
import { texts } from '../texts.ts';
import type { Law } from './law.ts';

/** With one tenant's credential nobody's owner is looked at, needed or sent. */
export const ownersStayOut: Law = (handler, fixture) => {
  const owners = new Set(
    handler
      .needs(fixture.full, policyOf())
      .filter(({ owner }) => owner)
      .map(({ ref }) => refKey(ref)),
  );
  if (owners.size === 0) return;

  it('leaves owners out with the credential of a single tenant', () => {
    const twinOf = (ref: Ref): string | undefined => (owners.has(refKey(ref)) ? undefined : namedTwins(ref));
    const context = contextOf(fixture, { multitenant_mode: false });
    expect(handler.needs(fixture.full, context.policy).filter(({ owner }) => owner)).toEqual([]);
    const body = handler.create(fixture.full, twinOf, context);
    const expected = handler.expect(fixture.full, twinOf, context);
    const lookup = handler.lookup(fixture.full, twinOf, stageMarker, context.policy);
    const twin = { ...twinFor(handler, fixture, fixture.full, namedTwins), id: handler.id(fixture.full) };
    handler.finish(fixture.full, twinOf, twin, context);
    const ids = [...owners].map((key) => key.slice(key.indexOf('/') + 1));
    const sent = lookup.kind === 'unique' ? [body, expected, lookup.query, lookup.match] : [body, expected];
    expect(texts(sent).filter((text) => ids.includes(text))).toEqual([]);
  });
};
