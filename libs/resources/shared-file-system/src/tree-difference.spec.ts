import { describe, expect, it } from 'vitest';
import { parseListing, type Listed, type Listing } from './list-tree.ts';
import { isNothing, treeDifference } from './tree-difference.ts';

const file: Listed = {
  ...{ kind: 'f', size: 10, allocated: 4096, mtime: '1.5', ctime: '7', mode: '644', owners: '0:0' },
  ...{ inode: '1:1', names: 1, target: '' },
};
const directory: Listed = { ...file, kind: 'd', size: 4096, mode: '755', names: 2 };
const tree = (entries: { readonly [path: string]: Partial<Listed> }): Listing =>
  new Map(
    Object.entries({ '.': directory, ...entries }).map(([path, one], at) => [
      path,
      Object.assign({ ...(one.kind === 'd' ? directory : file), inode: `1:${at}` }, one),
    ]),
  );

describe('what has to be copied', () => {
  it('is nothing where listings look alike, whatever inodes, ctimes and the sizes of directories are', () => {
    const one = tree({ './d': { kind: 'd' }, './d/a': {} });
    const other = tree({ './d': { kind: 'd', size: 6 }, './d/a': { ctime: '99', inode: '2:8', allocated: 0 } });
    const found = treeDifference(one, other);
    expect(found).toEqual({ copy: [], remove: [], bytes: 0, total: 10 });
    expect(isNothing(found)).toBe(true);
  });

  it.each([
    ['size', { size: 11 }],
    ['mtime', { mtime: '1.500000001' }],
    ['mode', { mode: '600' }],
    ['owners', { owners: '0:5' }],
  ])('is what differs in its %s, with the directories above it, whose times that changes', (_, change) => {
    const one = tree({ './d': { kind: 'd' }, './d/a': {}, './d/b': {}, './e': { kind: 'd' } });
    const other = tree({ './d': { kind: 'd' }, './d/a': change, './d/b': {}, './e': { kind: 'd' } });
    expect(treeDifference(one, other)).toMatchObject({ copy: ['.', './d', './d/a'], remove: [], bytes: 10, total: 20 });
  });

  it('is what was changed since the last copy though it looks the same: its ctime tells', () => {
    const before = tree({ './a': {}, './b': {} });
    const now = tree({ './a': { ctime: '8' }, './b': {} });
    expect(treeDifference(now, before).copy).toEqual([]);
    expect(treeDifference(now, before, { before }).copy).toEqual(['.', './a']);
  });

  it('is what a comparison of the contents has found', () => {
    const both = tree({ './a': {}, './b': {} });
    expect(treeDifference(both, both, { differing: ['./b', './gone'] }).copy).toEqual(['.', './b']);
  });

  it('is every name of a file when it is one of them; its bytes count once', () => {
    const names = { inode: '1:7', names: 2 };
    const one = tree({ './a': { ...names, size: 12 }, './b': { ...names, size: 12 } });
    const other = tree({ './a': names, './b': names });
    expect(treeDifference(one, other)).toMatchObject({ copy: ['.', './a', './b'], remove: [], bytes: 12, total: 12 });
  });

  it('is begun anew where another kind, another link or another set of names is there', () => {
    const one = tree({ './a': {}, './l': { kind: 'l', target: 'x' }, './n': {}, './o': {} });
    const names = { inode: '9:9', names: 2 };
    const other = tree({
      './a': { kind: 'd' },
      './a/b': {},
      './l': { kind: 'l', target: 'y' },
      './n': names,
      './o': names,
    });
    const found = treeDifference(one, other);
    expect(found.remove).toEqual(['./a', './l', './o']);
    expect(found.copy).toEqual(['.', './a', './l', './o']);
  });

  it('is preceded by what only the copy has, of which the topmost is named', () => {
    const one = tree({ './d': { kind: 'd' } });
    const other = tree({ './d': { kind: 'd' }, './d/new': { kind: 'd' }, './d/new/x': {}, './d/new-y': {} });
    expect(treeDifference(one, other)).toMatchObject({ remove: ['./d/new', './d/new-y'], copy: ['.', './d'] });
  });
});

it('a listing is read whatever stands in names, and wherever the pipe cuts it', async () => {
  const bytes = Buffer.from('f\x0010\x008\x001.5\x002.5\x00644\x001:2\x009:8\x001\x00\x00./a\n\xff b\x00', 'latin1');
  for (const cut of [1, 5, 30, bytes.length - 1]) {
    const pieces = async function* (): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, cut);
      yield bytes.subarray(cut);
    };
    expect([...(await parseListing(pieces()))]).toEqual([
      [
        './a\n\xff b',
        {
          ...{ kind: 'f', size: 10, allocated: 4096, mtime: '1.5', ctime: '2.5', mode: '644', owners: '1:2' },
          ...{ inode: '9:8', names: 1, target: '' },
        },
      ],
    ]);
  }
});
