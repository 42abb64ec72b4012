import type { Listed, Listing } from './list-tree.ts';

/** What has to be done so that a copy becomes like its original, as far as listings tell. */
export interface Difference {
  /** Paths to copy, directories before what is in them; of a file with several names, all of them. */
  readonly copy: readonly string[];
  /** Paths to remove from the copy beforehand, the topmost ones only. */
  readonly remove: readonly string[];
  /** Bytes of the files to copy. */
  readonly bytes: number;
  /** Bytes of all files. */
  readonly total: number;
}

/** What is known beside the two listings. */
export interface Known {
  /** The original as it was listed before the copy was made: what has another ctime since was changed. */
  readonly before?: Listing | undefined;
  /** Paths whose contents were compared and differ. */
  readonly differing?: readonly string[];
}

/**
 * Pure: which entries differ, what to remove, what to copy. Contents, extended attributes and access control lists are not
 * in a listing: that they changed is seen by the ctime, and at the latest by the comparison at the end.
 */
export const treeDifference = (original: Listing, copy: Listing, known: Known = {}): Difference => {
  const groups = [groupsOf(original), groupsOf(copy)] as const;
  const differing = new Set(known.differing);
  const remove: string[] = [];
  for (const [path, there] of copy) {
    const wanted = original.get(path);
    const isOther = wanted === undefined || wanted.kind !== there.kind || wanted.target !== there.target;
    if (isOther || firstName(groups[0], path, wanted) !== firstName(groups[1], path, there)) remove.push(path);
  }
  const removed = new Set(remove);
  const changed = new Set<string>();
  for (const [path, wanted] of original) {
    const there = copy.get(path);
    const same = there !== undefined && !removed.has(path) && looksOf(wanted) === looksOf(there);
    const before = known.before?.get(path);
    const touched = before !== undefined && (before.ctime !== wanted.ctime || before.inode !== wanted.inode);
    if (!same || touched || differing.has(path)) changed.add(path);
  }
  // All names of one file go together, or they become several files.
  for (const [path, wanted] of original) {
    const names = wanted.kind === 'd' ? undefined : groups[0].get(wanted.inode);
    if (names !== undefined && changed.has(path)) for (const name of names) changed.add(name);
  }
  // A directory's time changes with what is done in it.
  for (const path of [...changed, ...remove]) {
    for (let above = parentOf(path); above !== undefined; above = parentOf(above)) {
      if (original.has(above)) changed.add(above);
    }
  }
  const paths = [...original.keys()].filter((path) => changed.has(path));
  return {
    copy: paths,
    remove: topmost(remove),
    bytes: bytesOf(original, paths),
    total: bytesOf(original, original.keys()),
  };
};

/** Whether nothing is to be done. */
export const isNothing = ({ copy, remove }: Difference): boolean => copy.length === 0 && remove.length === 0;

const looksOf = ({ kind, size, mtime, mode, owners, target }: Listed): string =>
  [kind, kind === 'f' ? size : '', mtime, kind === 'l' ? '' : mode, owners, target].join(' ');

/** Files with several names: their names by inode. */
const groupsOf = (listing: Listing): ReadonlyMap<string, readonly string[]> => {
  const groups = new Map<string, string[]>();
  for (const [path, { kind, names, inode }] of listing) {
    if (kind === 'd' || names < 2) continue;
    const group = groups.get(inode);
    if (group === undefined) groups.set(inode, [path]);
    else group.push(path);
  }
  for (const group of groups.values()) group.sort();
  return groups;
};

const firstName = (groups: ReadonlyMap<string, readonly string[]>, path: string, one: Listed | undefined): string =>
  (one === undefined || one.kind === 'd' ? undefined : groups.get(one.inode)?.[0]) ?? path;

/** Files with several names count once. */
const bytesOf = (listing: Listing, paths: Iterable<string>): number => {
  const counted = new Set<string>();
  let bytes = 0;
  for (const path of paths) {
    const one = listing.get(path);
    if (one?.kind !== 'f' || (one.names > 1 && counted.has(one.inode))) continue;
    if (one.names > 1) counted.add(one.inode);
    bytes += one.size;
  }
  return bytes;
};

const parentOf = (path: string): string | undefined => {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? undefined : path.slice(0, slash);
};

const topmost = (paths: readonly string[]): readonly string[] => {
  const all = new Set(paths);
  const isBelowAnother = (path: string): boolean => {
    for (let above = parentOf(path); above !== undefined; above = parentOf(above)) if (all.has(above)) return true;
    return false;
  };
  return paths.filter((path) => !isBelowAnother(path)).sort();
};
