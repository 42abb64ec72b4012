import { expect, it } from 'vitest';
import { accessTokenHash, newAccessToken } from './access-token.ts';

it('is 256 bits of chance, another one each time', () => {
  const tokens = Array.from({ length: 100 }, newAccessToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) {
    expect(token).toMatch(/^osm_[\w-]{43}$/);
    expect(Buffer.from(token.slice(4), 'base64url')).toHaveLength(32);
  }
});

it('is kept as its SHA-256', () => {
  expect(accessTokenHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
