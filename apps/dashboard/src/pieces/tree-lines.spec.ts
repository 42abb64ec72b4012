import { describe, expect, it } from 'vitest';
import { treeLines, treeMove, type TreeNode } from './tree-lines.ts';

interface Leaf extends TreeNode<Leaf> {
  readonly name?: string;
}

const node = (key: string, ...children: readonly Leaf[]): Leaf => ({ key, children });
const tree = [node('a', node('a1', node('a1x')), node('a2')), node('b')];

describe('the lines of a tree', () => {
  it('are the nodes whose parents are all open', () => {
    const lines = treeLines(tree, new Set(['a', 'a1x', 'b']));
    expect(lines.map(({ node: { key }, level }) => `${level} ${key}`)).toEqual(['1 a', '2 a1', '2 a2', '1 b']);
  });

  it('tell where each stands', () => {
    const [, , second] = treeLines(tree, new Set(['a']));
    expect(second).toMatchObject({ level: 2, place: 2, siblings: 2, parent: 'a', isOpen: false });
  });

  it('of a leaf are never open', () => {
    expect(treeLines(tree, new Set(['b'])).at(-1)?.isOpen).toBe(false);
  });
});

describe('the keys of a tree', () => {
  const lines = treeLines(tree, new Set(['a']));

  it('go up and down within it', () => {
    expect(treeMove('ArrowDown', lines, 0)).toEqual({ to: 1 });
    expect(treeMove('ArrowDown', lines, 3)).toEqual({ to: 3 });
    expect(treeMove('ArrowUp', lines, 0)).toEqual({ to: 0 });
    expect(treeMove('End', lines, 0)).toEqual({ to: 3 });
  });

  it('open what is closed, and go in where it is open', () => {
    expect(treeMove('ArrowRight', lines, 1)).toEqual({ open: 'a1' });
    expect(treeMove('ArrowRight', lines, 0)).toEqual({ to: 1 });
    expect(treeMove('ArrowRight', lines, 3)).toBeUndefined();
  });

  it('close what is open, and go out where it is closed', () => {
    expect(treeMove('ArrowLeft', lines, 0)).toEqual({ close: 'a' });
    expect(treeMove('ArrowLeft', lines, 2)).toEqual({ to: 0 });
    expect(treeMove('ArrowLeft', lines, 3)).toBeUndefined();
  });
});
