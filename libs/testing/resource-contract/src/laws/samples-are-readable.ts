import { expect, it } from 'vitest';
import type { Law } from './law.ts';

/** Both samples fit the schema, and an attribute that nobody knows yet is no reason to stop. */
export const samplesAreReadable: Law = (handler, fixture) => {
  it('reads what real clouds answer', () => {
    for (const sample of [fixture.minimal, fixture.full]) expect(() => handler.check(sample)).not.toThrow();
  });

  it('tolerates attributes of releases to come', () => {
    const later = { ...fixture.full, 'attribute-of-2031': { nested: [1] } };
    expect(() => handler.check(later)).not.toThrow();
  });

  it('refuses what is not of this type', () => {
    expect(() => handler.check({})).toThrow(expect.objectContaining({ code: 'unreadable-resource' }));
  });
};
