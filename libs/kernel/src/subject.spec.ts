import { describe, expect, it } from 'vitest';
import { decodeToken, encodeToken } from './subject.ts';

describe('subject tokens', () => {
  it.each(['', 'a', 'default', 'a.b', 'a b', '*', '>', '=', '==', 'https://x/y?z=1', 'Données ☃', 'A-Z_09'])(
    'survive there and back: %j',
    (text) => {
      expect(decodeToken(encodeToken(text))).toBe(text);
    },
  );

  it('have nothing that NATS gives meaning to, and are never empty', () => {
    for (const text of ['', 'a.b c', '*', '>', '\t\n']) expect(encodeToken(text)).toMatch(/^[A-Za-z0-9_=-]+$/);
  });
});
