import { equalJson, type Json, type JsonObject } from '@osm/kernel';
import { fidelity, type Resource } from '@osm/resource';
import { expect, it } from 'vitest';
import type { Fixture } from '../fixture.ts';
import { contextOf, namedTwins } from '../stage.ts';
import type { Law } from './law.ts';

/** Whatever differs between a source and its twin is in the fidelity report, in whichever attribute it is. */
export const oddValuesAreFound: Law = (handler, fixture) => {
  const { full } = fixture;
  const { policy } = contextOf(fixture);
  const left = handler.left(full, policy);
  const twin = twinOf(handler, fixture);

  it('finds an odd value in every attribute of the twin', () => {
    // An odd value may be the source's own, where both differ on purpose.
    const planted = Object.keys(full).filter(
      (attribute) => twin[attribute] !== undefined && !equalJson(oddFor(twin[attribute]), full[attribute]),
    );
    const missed = planted.filter((attribute) => {
      const odd = { ...twin, [attribute]: oddFor(twin[attribute]) };
      const { others } = fidelity(handler, full, odd, expectedOf(handler, fixture), policy, false);
      return !others.some((other) => other.attribute === attribute);
    });
    expect(missed).toEqual([]);
  });

  it('finds an odd value in every attribute of the source that is not left on purpose', () => {
    const missed = Object.keys(full).filter((attribute) => {
      const odd = { ...full, [attribute]: oddFor(full[attribute]) };
      const { others } = fidelity(handler, odd, twin, {}, policy, false);
      return !(attribute in left) && !others.some((other) => other.attribute === attribute);
    });
    expect(missed).toEqual([]);
  });

  it('tells of an attribute that nobody has declared', () => {
    const newer = { ...full, 'osm:of_a_newer_release': 'odd' };
    const { others } = fidelity(handler, newer, twin, expectedOf(handler, fixture), policy, false);
    const told = others.find(({ attribute }) => attribute === 'osm:of_a_newer_release');
    expect(told?.verdict).toBe(handler.open ? 'lost' : 'unknown');
  });
};

const expectedOf = (handler: Resource, fixture: Fixture): JsonObject => ({
  ...handler.create(fixture.full, namedTwins, contextOf(fixture)),
  ...handler.expect(fixture.full, namedTwins, contextOf(fixture)),
});

/** As the destination shows it; where the fixture does not say so, everything as it was planned. */
const twinOf = (handler: Resource, fixture: Fixture): JsonObject =>
  fixture.twin ?? { ...fixture.full, ...expectedOf(handler, fixture) };

/** Another value of the same kind. */
const oddFor = (value: Json | undefined): Json => {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 4711;
  if (typeof value === 'string') return `${value} odd`;
  if (Array.isArray(value)) return [...value, value.length > 0 ? oddFor(value[0]) : 'odd'];
  if (typeof value === 'object' && value !== null) return { ...value, odd: 'odd' };
  return 'odd';
};
