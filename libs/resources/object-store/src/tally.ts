import { createHash } from 'node:crypto';
import type { Listed, Pair } from './listing.ts';

/** What one pass over a container has found. */
export interface Passed {
  /** Objects that are at both ends. */
  readonly objects: number;
  readonly bytes: number;
  /** SHA-256 of name, ETag and size of each of them. */
  readonly manifest: { readonly source: string; readonly destination: string };
  /** Objects that were written. */
  readonly copied: number;
  /** Objects that expired or were deleted at the source while the pass was at them. */
  readonly gone: number;
  /** Objects that are not equal, though they were looked at or written: how many, and why, of the first few. */
  readonly unequal: number;
  readonly reasons: readonly string[];
  /** Objects that only the destination has: they were there before, or were deleted at the source. They are left. */
  readonly extra: number;
}

/** Reasons that are told. */
const mostReasons = 5;

/** Counts what a pass finds. */
export interface Tally {
  copied: number;
  gone: number;
  count(pair: Pair): void;
  differs(name: string, why: string): void;
  result(): Passed;
}

/** Nothing found yet. */
export const openTally = (): Tally => {
  const hashes = { source: createHash('sha256'), destination: createHash('sha256') };
  const reasons: string[] = [];
  const counted = { objects: 0, bytes: 0, unequal: 0, extra: 0 };
  const tally: Tally = {
    copied: 0,
    gone: 0,
    count: ({ source, destination }) => {
      if (source === undefined) counted.extra += 1;
      if (source === undefined || destination === undefined) return;
      counted.objects += 1;
      counted.bytes += source.bytes;
      hashes.source.update(line(source));
      hashes.destination.update(line(destination));
    },
    differs: (name, why) => {
      counted.unequal += 1;
      if (reasons.length < mostReasons) reasons.push(`${name} (${why})`);
    },
    result: () => ({
      ...counted,
      copied: tally.copied,
      gone: tally.gone,
      reasons,
      manifest: { source: hashes.source.digest('hex'), destination: hashes.destination.digest('hex') },
    }),
  };
  return tally;
};

const line = ({ name, etag, bytes }: Listed): string => `${JSON.stringify([name, etag, bytes])}\n`;
