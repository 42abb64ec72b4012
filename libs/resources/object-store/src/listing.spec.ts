import { describe, expect, it } from 'vitest';
import { containerId, objectPath, partsOf } from './container-name.ts';
import { bareEtag, paired, type Listed } from './listing.ts';

const listing = async function* (...names: readonly string[]): AsyncIterable<Listed> {
  for (const name of names) yield { name, bytes: 0, etag: '', contentType: '', modified: 0 };
};

const pairs = async (source: readonly string[], destination: readonly string[]): Promise<readonly string[]> => {
  const found = await Array.fromAsync(paired(listing(...source), listing(...destination)));
  return found.map(({ source: a, destination: b }) => `${a?.name ?? '-'} ${b?.name ?? '-'}`);
};

describe('two listings', () => {
  it.each([
    [[], [], []],
    [['a'], [], ['a -']],
    [[], ['a'], ['- a']],
    [
      ['a', 'b', 'd'],
      ['b', 'c', 'd', 'e'],
      ['a -', 'b b', '- c', 'd d', '- e'],
    ],
    // Swift orders by the bytes of UTF-8, JavaScript by UTF-16: these two are the other way round there.
    [['\uffee', '😀'], ['😀'], ['\uffee -', '😀 😀']],
  ])('%j and %j are one', async (source, destination, expected) => {
    expect(await pairs(source, destination)).toEqual(expected);
  });
});

describe('the path of an object', () => {
  it.each([
    ['plain', '/c%20d/plain'],
    ['a/b c', '/c%20d/a/b%20c'],
    ['q?x#y%z', '/c%20d/q%3Fx%23y%25z'],
    ['/lead', '/c%20d//lead'],
    ['sn☃w ', '/c%20d/sn%E2%98%83w%20'],
    ['..', '/c%20d%2F..'],
    ['a/../b', '/c%20d%2Fa%2F..%2Fb'],
  ])('%j is never one that leads elsewhere', (name, path) => {
    expect(objectPath('c d', name)).toBe(path);
    expect(new URL(`http://h/v1/AUTH_x${path}`).pathname).toBe(`/v1/AUTH_x${path}`);
  });
});

describe('the id of a container', () => {
  it('is its project and its name', () => {
    expect(partsOf(containerId('p', 'a b☃'))).toEqual({ projectId: 'p', name: 'a b☃' });
  });
});

describe('an entity tag', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    [undefined, ''],
  ])('of %j is known bare', (etag, bare) => {
    expect(bareEtag(etag)).toBe(bare);
  });
});
