import { describe, expect, it } from 'vitest';
import { canonicalJson, digest, equalJson } from './json.ts';

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    expect(digest({ a: 1, b: { d: 2, c: 3 } })).toBe(digest({ b: { c: 3, d: 2 }, a: 1 }));
  });

  it('tells false, 0, the empty text, null and the empty list apart', () => {
    const texts = [false, 0, '', null, [], {}].map((value) => canonicalJson({ value }));
    expect(new Set(texts).size).toBe(6);
  });

  it('keeps the order of lists', () => {
    expect(equalJson([1, 2], [2, 1])).toBe(false);
  });
});
