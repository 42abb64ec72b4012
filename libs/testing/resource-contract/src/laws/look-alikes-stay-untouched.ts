import { expect, it } from 'vitest';
import { contextOf, isMatch, namedTwins, policyOf, stageMarker } from '../stage.ts';
import type { Law } from './law.ts';

/** The lookup finds the twin, and nothing that merely looks like it. */
export const lookAlikesStayUntouched: Law = (handler, fixture) => {
  const lookup = handler.lookup(fixture.full, namedTwins, stageMarker, policyOf());

  if (lookup.kind === 'unique') {
    it('recognises its own twin', () => {
      const body = handler.create(fixture.full, namedTwins, contextOf(fixture));
      expect(isMatch(handler, lookup, { ...fixture.full, ...body, ...fixture.twin })).toBe(true);
    });

    it('has look-alikes to be tried with', () => {
      expect(fixture.traps).not.toEqual([]);
    });
  }

  if (lookup.kind === 'traces') {
    it('recognises what an interrupted request of its own has left', () => {
      expect(lookup.matches(fixture.trace ?? {})).toBe(true);
    });

    it('has finished twins and look-alikes to be tried with', () => {
      expect(fixture.traps).not.toEqual([]);
    });
  }

  it.each([...fixture.traps])('is not deceived by $name', (trap) => {
    expect(isMatch(handler, lookup, trap)).toBe(false);
  });

  it.each([...(fixture.candidates ?? [])])('says of a candidate: $says', ({ candidate, says }) => {
    if (lookup.kind !== 'unique')
      throw new TypeError(`${handler.type} has no candidates: its lookup is by ${lookup.kind}`);
    expect(isMatch(handler, lookup, candidate)).toBe(true);
    const difference = lookup.differs(candidate);
    if (says === null) expect(difference).toBeUndefined();
    else expect(difference).toContain(says);
  });

  if (lookup.kind === 'assigned') {
    it('chooses the same id each time, and another one for each marker', () => {
      const again = handler.lookup(fixture.full, namedTwins, stageMarker, policyOf());
      const other = handler.lookup(fixture.full, namedTwins, `${stageMarker}-other`, policyOf());
      expect(again).toMatchObject({ kind: 'assigned', id: lookup.id });
      expect(other).not.toMatchObject({ id: lookup.id });
      expect(lookup.id).not.toBe(handler.id(fixture.full));
    });
  }
};
