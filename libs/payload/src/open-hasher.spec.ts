import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openHasher } from './open-hasher.ts';

const hashOf = async (chunks: readonly Buffer[], name: 'sha512' | 'md5'): Promise<string> => {
  const hasher = openHasher(name);
  for (const chunk of chunks) {
    await hasher.update(chunk);
    // It was lent.
    chunk.fill(0);
  }
  return hasher.digest();
};

describe('a hasher', () => {
  it.each([
    ['nothing', []],
    ['less than a batch', [10, 20]],
    ['a batch', [1024 * 1024]],
    ['chunks of all sizes', [1, 3_000_000, 7, 1_048_576, 1_048_577, 500_000]],
  ])('hashes %s as it was when it passed', async (_, sizes) => {
    const chunks = sizes.map((size) => randomBytes(size));
    const expected = createHash('sha512').update(Buffer.concat(chunks)).digest('hex');
    expect(await hashOf(chunks, 'sha512')).toBe(expected);
  });

  it('hashes many at a time, each for itself', async () => {
    const all = Array.from({ length: 10 }, () => [randomBytes(2_000_000), randomBytes(1_500_000)]);
    const expected = all.map((chunks) => createHash('md5').update(Buffer.concat(chunks)).digest('hex'));
    expect(await Promise.all(all.map((chunks) => hashOf(chunks, 'md5')))).toEqual(expected);
  });

  it('hashes in order what is given without waiting', async () => {
    const hasher = openHasher('md5');
    const chunks = Array.from({ length: 20 }, () => randomBytes(700_000));
    await Promise.all(chunks.map(async (chunk) => await hasher.update(chunk)));
    expect(await hasher.digest()).toBe(createHash('md5').update(Buffer.concat(chunks)).digest('hex'));
  });

  it('that is closed rejects what waits for it', async () => {
    const hasher = openHasher('sha512');
    const waits = Array.from({ length: 40 }, () => hasher.update(Buffer.alloc(1_048_576))).at(-1);
    hasher.close();
    await expect(waits).rejects.toMatchObject({ code: 'closed' });
    await expect(hasher.digest()).rejects.toMatchObject({ code: 'closed' });
    expect(await hashOf([Buffer.from('a')], 'md5')).toBe(createHash('md5').update('a').digest('hex'));
  });
});
