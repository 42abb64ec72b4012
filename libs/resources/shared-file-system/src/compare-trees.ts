import { Failure } from '@osm/kernel';
import { createHash } from 'node:crypto';
import { asRoot, type Running } from './as-root.ts';
import { compareNames, tarEntries, type TreeEntry } from './tar-entries.ts';
import { archive, tarRemedy } from './tar.ts';

/** What two trees have in common, and what not. */
export interface Comparison {
  readonly entries: number;
  /** SHA-256 over all entries of the first tree: path, kind, mode, owners, size, times, link, content, attributes. */
  readonly manifest: string;
  /** The first of the paths that differ or are missing in the second tree. */
  readonly differing: readonly string[];
  /** The topmost paths that only the second tree has. */
  readonly extra: readonly string[];
}

/** How many differing paths are kept: beyond them the whole tree is as good as different. */
export const mostDiffering = 10_000;

/** Reads both trees at the same time, entry by entry, and tells their differences; holds one entry of each. */
export const compareTrees = async (first: string, second: string, signal: AbortSignal): Promise<Comparison> => {
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const trees = [first, second].map((directory) => readTree(directory, both));
  const [one, other] = trees;
  if (one === undefined || other === undefined) throw new TypeError('two trees are compared');
  try {
    return await merge(one.entries, other.entries);
  } finally {
    ending.abort();
    // Who still runs holds what is unmounted next.
    await Promise.allSettled(trees.map(({ ended }) => ended));
  }
};

/** Tells the differences of two trees whose entries come in order. */
export const merge = async (first: AsyncIterator<TreeEntry>, second: AsyncIterator<TreeEntry>): Promise<Comparison> => {
  const manifest = createHash('sha256');
  const differing: string[] = [];
  const extra: string[] = [];
  let entries = 0;
  let [a, b] = await Promise.all([first.next(), second.next()]);
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareNames(a.value.names, b.value.names);
    const one = order <= 0 && a.done !== true ? a.value : undefined;
    const other = order >= 0 && b.done !== true ? b.value : undefined;
    if (one !== undefined) {
      entries += 1;
      manifest.update(JSON.stringify([one.names, one.facts]));
      if (one.facts !== other?.facts && differing.length < mostDiffering) differing.push(pathOf(one));
    } else if (other !== undefined && !isBelow(extra.at(-1), pathOf(other))) extra.push(pathOf(other));
    if (one !== undefined) a = await first.next();
    if (other !== undefined) b = await second.next();
  }
  return { entries, manifest: manifest.digest('hex'), differing, extra };
};

const pathOf = ({ names }: TreeEntry): string => ['.', ...names].join('/');

const isBelow = (top: string | undefined, path: string): boolean => top !== undefined && path.startsWith(`${top}/`);

/** A tar that reads a tree, and what it reads. */
const readTree = (directory: string, signal: AbortSignal) => {
  const { child, ended } = asRoot('tar', [...archive(directory), '.'], signal, ['ignore', 'pipe']);
  if (child.stdout === null) throw new TypeError('tar runs without a pipe');
  return { ended, entries: entriesOf(directory, child.stdout, ended) };
};

async function* entriesOf(
  directory: string,
  stream: AsyncIterable<Buffer>,
  ended: Running['ended'],
): AsyncGenerator<TreeEntry> {
  yield* tarEntries(stream);
  const { code, complaint } = await ended;
  // 1: something changed under its hands: it differs, then.
  if (code === 0 || code === 1) return;
  throw new Failure('copy-failed', `cannot read ${directory}: ${complaint || `tar ended with ${String(code)}`}`, {
    remedy: tarRemedy(complaint),
  });
}

async function* none(): AsyncGenerator<TreeEntry> {}

/** The manifest of a tree as `compareTrees` makes it of the first one, so that the two may be held against each other later. */
export const manifestOf = async (directory: string, signal: AbortSignal): Promise<string> => {
  const ending = new AbortController();
  const tree = readTree(directory, AbortSignal.any([signal, ending.signal]));
  try {
    return (await merge(tree.entries, none())).manifest;
  } finally {
    ending.abort();
    await Promise.allSettled([tree.ended]);
  }
};
