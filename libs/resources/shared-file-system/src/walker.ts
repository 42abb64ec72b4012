import { copyLargeFile, isLarge } from './copy-large-file.ts';
import type { Copier } from './copier.ts';
import { copyEntries } from './copy-entries.ts';

/**
 * The built-in copier, for hosts without rsync. One GNU tar reads, another one writes; large files go before them, each on
 * its own, so that one that was left half is gone on with. All bytes flow through the mover.
 *
 * Why tar: Node has no calls for extended attributes, access control lists and holes, and every Linux has GNU tar.
 */
export const walker: Copier = {
  name: 'walker',
  copy: async (order) => {
    const large = order.paths.filter((path) => isLarge(order, path));
    const isLargeOne = new Set(large);
    let [moved, { already }] = [0, order];
    if (large.length > 0) {
      const above = new Set(large.flatMap(directoriesAbove));
      // They get their times at the end, with the rest.
      moved += await copyEntries({ ...order, paths: order.paths.filter((path) => above.has(path)) });
      for (const path of large) {
        moved += await copyLargeFile({ ...order, already }, path);
        already += order.original.get(path)?.size ?? 0;
      }
    }
    const rest = order.paths.filter((path) => !isLargeOne.has(path));
    return moved + (await copyEntries({ ...order, already, paths: rest }));
  },
};

const directoriesAbove = (path: string): readonly string[] => {
  const names = path.split('/');
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join('/'));
};
