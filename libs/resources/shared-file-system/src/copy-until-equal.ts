import { Failure, type JsonObject } from '@osm/kernel';
import type { StepContext } from '@osm/resource';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareTrees, mostDiffering } from './compare-trees.ts';
import { bestCopier, type Copier } from './copier.ts';
import { listTree, type Listing } from './list-tree.ts';
import { mountShare, unmountShare, type MountPoints } from './mount-share.ts';
import { removeExtra } from './remove-extra.ts';
import { isNothing, treeDifference, type Difference } from './tree-difference.ts';
import { ofTheServer } from './tar.ts';
import { whatNext } from './what-next.ts';

/** Two shares, and where they are mounted. */
export interface Ends {
  readonly points: MountPoints;
  readonly from: string;
  readonly to: string;
  /** Takes the clients' right to write away; nothing is mounted meanwhile. */
  withdraw(): Promise<unknown>;
}

/**
 * Copies one share to another until they are equal: everything first, then what has changed, and in the end a comparison
 * of all contents. Each round mounts both anew: what counts is what the servers have, not what this host remembers.
 */
export const copyUntilEqual = async (context: StepContext, ends: Ends): Promise<JsonObject> => {
  const { signal, ref, policy } = context;
  const { points } = ends;
  const copier = await bestCopier(signal);
  let [open, closed, comparisons, withdrawn, bytes] = [0, 0, 0, false, 0];
  let before: Listing | undefined;
  let differing: readonly string[] = [];
  for (;;) {
    await mountShare(ends.from, points.source, 'ro', signal);
    await mountShare(ends.to, points.destination, 'rw', signal);
    const original = await listTree(points.source, signal);
    const copy = await listTree(points.destination, signal);
    const known = { before, differing: differing.length < mostDiffering ? differing : [...original.keys()] };
    const difference = treeDifference(original, copy, known);
    const next = whatNext({ differs: !isNothing(difference), open, closed, withdrawn }, policy);
    if (next === 'give-up') throw changes(ref.id, open + closed, original, difference, withdrawn);
    if (next === 'copy') {
      bytes += await pass(context, points, copier, { difference, original, copy, differing: known.differing });
      [before, differing] = [original, []];
      if (withdrawn) closed += 1;
      else open += 1;
    }
    if (next === 'compare') {
      context.waiting('the contents of both shares to be read and compared');
      const found = await compareTrees(points.source, points.destination, signal);
      const { entries, manifest, extra } = found;
      differing = found.differing;
      if (differing.length === 0 && extra.length === 0) {
        // A tenant may have made a directory of such a name: whoever removes the original is told that it stays behind.
        const skipped = ofTheServer.filter((path) => existsSync(join(points.source, path)));
        return { bytes, entries, manifest, passes: open + closed, copier: copier.name, withdrawn, skipped };
      }
      comparisons += 1;
      // What only the copy has is listed in the next round. Where no listing ever shows it, no round would be the last.
      if (comparisons > policy.copy_passes + 3) {
        throw changes(ref.id, open + closed, original, { copy: differing, remove: extra }, withdrawn);
      }
    }
    await unmountShare(points.source, signal);
    await unmountShare(points.destination, signal);
    if (next === 'withdraw') {
      await ends.withdraw();
      withdrawn = true;
    }
  }
};

const pass = async (
  { signal, move, progress }: StepContext,
  { source, destination }: MountPoints,
  copier: Copier,
  seen: {
    readonly difference: Difference;
    readonly original: Listing;
    readonly copy: Listing;
    readonly differing: readonly string[];
  },
): Promise<number> => {
  const { copy: paths, remove, total, bytes } = seen.difference;
  await removeExtra(destination, remove, signal);
  return copier.copy({
    ...{ from: source, to: destination, paths, original: seen.original, copy: seen.copy },
    ...{ differing: new Set(seen.differing), total, already: total - bytes, signal, move, progress },
  });
};

const changes = (
  id: string,
  copies: number,
  original: Listing,
  found: Pick<Difference, 'copy' | 'remove'>,
  withdrawn: boolean,
): Failure => {
  // A directory may differ only because of what is in it.
  const files = [...found.copy.filter((path) => original.get(path)?.kind !== 'd'), ...found.remove];
  const paths = (files.length > 0 ? files : found.copy).slice(0, 5);
  const shown = paths.map((path) => Buffer.from(path, 'latin1').toString('utf8')).join(', ');
  const message = `share ${id} and its twin still differ after ${String(copies)} copies: ${shown}`;
  if (withdrawn) {
    return new Failure('share-changes', `${message}, though its clients may only read`, {
      remedy:
        'Look who else writes to the source’s file server, or whether the twin’s changes what it is given; then retry.',
    });
  }
  return new Failure('share-changes', message, {
    remedy:
      'Its clients write to it: set withdraw_share_access, so that they lose write access for the last copy, or stop them, then retry.',
  });
};
