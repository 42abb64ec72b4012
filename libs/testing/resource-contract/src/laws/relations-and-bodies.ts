import { describe, expect, it } from 'vitest';
import { contextOf, namedTwins, policyOf, told, twinFor } from '../stage.ts';
import type { Law } from './law.ts';

/** The handler finds exactly these needs and links, and makes exactly these bodies. */
export const relationsAndBodies: Law = (handler, fixture) => {
  const context = contextOf(fixture);

  it('needs exactly these', () => {
    const needs = told(handler.needs(fixture.full, policyOf()));
    expect(needs).toHaveLength(fixture.needs.length);
    expect(needs).toEqual(expect.arrayContaining([...fixture.needs]));
    for (const { type } of needs) expect(handler.needTypes).toContain(type);
  });

  it('links to exactly these', () => {
    const links = told(handler.links(fixture.full));
    const expected = fixture.links ?? [];
    expect(links).toHaveLength(expected.length);
    expect(links).toEqual(expect.arrayContaining([...expected]));
    for (const { type } of links) expect(handler.linkTypes).toContain(type);
  });

  it('makes this body', () => {
    expect(handler.create(fixture.full, namedTwins, context)).toEqual(fixture.body);
  });

  it('makes a body of plain JSON, also of the least that a cloud shows', () => {
    for (const sample of [fixture.minimal, fixture.full]) {
      const body = handler.create(sample, namedTwins, context);
      expect(JSON.parse(JSON.stringify(body))).toEqual(body);
    }
  });

  it('expects this of the twin', () => {
    expect(handler.expect(fixture.full, namedTwins, context)).toEqual(fixture.expect ?? {});
  });

  it('finishes with these requests', () => {
    const twin = twinFor(handler, fixture, fixture.full, namedTwins);
    expect(handler.finish(fixture.full, namedTwins, twin, context)).toEqual(fixture.finish ?? []);
  });

  describe.each([...(fixture.policyBodies ?? [])])('with $policy $extensions', ({ policy, extensions, body }) => {
    it('makes its own body', () => {
      expect(handler.create(fixture.full, namedTwins, contextOf(fixture, policy, extensions))).toEqual(body);
    });
  });

  it.each([...(fixture.refused ?? [])])('refuses what says: $says', ({ attributes, says }) => {
    expect(() => handler.check(attributes)).not.toThrow();
    expect(() => handler.create(attributes, namedTwins, context)).toThrow(
      expect.toSatisfy((error: Error & { remedy?: string }) => `${error.message} ${error.remedy ?? ''}`.includes(says)),
    );
  });
};
