import { describe, expect, it } from 'vitest';
import { mostDiffering, merge } from './compare-trees.ts';
import { compareNames, type TreeEntry } from './tar-entries.ts';

/** Entries as tar gives them: `path=facts`. */
async function* tree(...lines: readonly string[]): AsyncGenerator<TreeEntry> {
  for (const line of lines) {
    const [path = '', facts = ''] = line.split('=');
    yield { names: path.split('/').filter((name) => name !== ''), facts };
  }
}

describe('two trees', () => {
  it('are walked in one order: a directory, what is in it, then names that begin like it', () => {
    const paths = ['', 'A', 'a', 'a/x', 'a/x/y', 'a/z', 'a b', 'a-b', 'ab'];
    const names = paths.map((path) => path.split('/').filter((name) => name !== ''));
    expect(names.toReversed().sort(compareNames)).toEqual(names);
  });

  it('are compared entry by entry, whatever either of them lacks', async () => {
    const first = tree('=d', 'a=d', 'a/x=1', 'a-b=2', 'm=d', 'm/1=1', 'z=3');
    const second = tree('=d', 'a=d', 'a/new=d', 'a/new/y=7', 'a/x=1', 'a-b=4', 'm=d', 'm-2=5', 'z=3', 'zz=6');
    expect(await merge(first, second)).toMatchObject({
      entries: 7,
      differing: ['./a-b', './m/1'],
      extra: ['./a/new', './m-2', './zz'],
    });
  });

  it('have one manifest for one content, and another one for another', async () => {
    const of = async (...lines: string[]) => (await merge(tree(...lines), tree(...lines))).manifest;
    expect(await of('=d', 'a=1')).toBe(await of('=d', 'a=1'));
    expect(new Set([await of('=d', 'a=1'), await of('=d', 'a=2'), await of('=d', 'b=1'), await of('=d')]).size).toBe(4);
  });

  it('name no more than is worth to be looked at one by one', async () => {
    const many = Array.from({ length: mostDiffering + 100 }, (_, n) => `${String(n).padStart(6, '0')}=1`);
    const { differing, entries } = await merge(tree(...many), tree());
    expect([differing.length, entries]).toEqual([mostDiffering, mostDiffering + 100]);
  });
});
