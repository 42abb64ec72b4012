import type { Move } from '@osm/resource';
import type { Listing } from './list-tree.ts';
import { rsync } from './rsync.ts';
import { runsHere } from './as-root.ts';
import { walker } from './walker.ts';

/** One pass of a copy. */
export interface CopyOrder {
  readonly from: string;
  readonly to: string;
  /** What is to be copied, as `treeDifference` says it; what has to go is removed already. */
  readonly paths: readonly string[];
  /** Whose contents differ though nothing else tells so. */
  readonly differing: ReadonlySet<string>;
  readonly original: Listing;
  /** The copy as it was listed before. */
  readonly copy: Listing;
  /** Bytes of all files, and of those that need no copying. */
  readonly total: number;
  readonly already: number;
  readonly signal: AbortSignal;
  readonly move: Move;
  progress(bytes: number, total: number | undefined): void;
}

/**
 * Copies entries of one directory into another: modes, owners, times to the nanosecond, links of both kinds, extended
 * attributes, access control lists and holes come along, nothing is kept in between. Files that an earlier copy left half
 * are gone on with.
 */
export interface Copier {
  readonly name: string;
  /** Returns the bytes that it has moved. Raises `copy-failed`. */
  copy(order: CopyOrder): Promise<number>;
}

/** `rsync` where this host has it, the built-in walker otherwise. */
export const bestCopier = async (signal: AbortSignal): Promise<Copier> =>
  (await runsHere('rsync', ['--version'], signal)) ? rsync : walker;
