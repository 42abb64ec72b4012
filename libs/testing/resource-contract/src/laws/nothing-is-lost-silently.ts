import { fidelity, madeByTheCloud } from '@osm/resource';
import { expect, it } from 'vitest';
import { contextOf, namedTwins, policyOf, stageMarker, twinFor } from '../stage.ts';
import { recorded } from '../touched.ts';
import type { Law } from './law.ts';

/**
 * Each attribute of a source is looked at by what makes, finds or compares its twin, or has a reason why it is left.
 * The name for people and the owner for tokens do not count: looking at them moves nothing.
 */
export const nothingIsLostSilently: Law = (handler, fixture) => {
  it('looks at every attribute, or says why it is left', () => {
    const { value, touched } = recorded(fixture.full);
    const context = contextOf(fixture);
    handler.needs(value, context.policy);
    handler.links(value);
    handler.eligible(value);
    handler.steps(value, context.policy);
    handler.create(value, namedTwins, context);
    handler.expect(value, namedTwins, context);
    handler.lookup(value, namedTwins, stageMarker, policyOf());
    handler.finish(value, namedTwins, twinFor(handler, fixture, fixture.full, namedTwins), context);
    const left = handler.left(fixture.full, context.policy);
    const silent = Object.keys(fixture.full).filter((name) => !touched.has(name) && !(name in left));
    expect(silent).toEqual([]);
  });

  it('gives reasons only for attributes that exist', () => {
    const known = new Set([...handler.declared, ...Object.keys(fixture.full), ...Object.keys(madeByTheCloud)]);
    expect(Object.keys(handler.drop).filter((name) => !known.has(name))).toEqual([]);
  });

  it('gives every reason in words', () => {
    for (const { reason } of Object.values(handler.drop)) expect(reason).toMatch(/^.{9,}[^.]$/);
  });

  const { twin } = fixture;
  if (twin === undefined) return;
  it('reports no loss for the twin as the destination shows it', () => {
    const context = contextOf(fixture);
    const expected = {
      ...handler.create(fixture.full, namedTwins, context),
      ...handler.expect(fixture.full, namedTwins, context),
    };
    const left = handler.left(fixture.full, context.policy);
    const { others } = fidelity(handler, fixture.full, twin, expected, context.policy, false);
    const surprising = others.filter(
      ({ attribute, verdict }) => verdict === 'unknown' || (verdict === 'lost' && left[attribute]?.verdict !== 'lost'),
    );
    expect(surprising).toEqual([]);
  });
};
