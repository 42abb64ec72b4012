import { openMover } from '@osm/payload';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runsHere } from './as-root.ts';
import { compareTrees } from './compare-trees.ts';
import type { Copier } from './copier.ts';
import { listTree } from './list-tree.ts';
import { rsync } from './rsync.ts';
import { treeDifference } from './tree-difference.ts';
import { walker } from './walker.ts';

const never = new AbortController().signal;
const isRoot = process.getuid?.() === 0;
/** What this host cannot run is named as skipped. */
const copiers = [
  { copier: walker, runs: isRoot },
  { copier: rsync, runs: isRoot && (await runsHere('rsync', ['--version'], never)) },
];

const [small, large] = [20_000, 40_000_000];
const whole = 200 * small + large;

for (const { copier, runs } of copiers) {
  describe.runIf(runs)(`a copy by ${copier.name} that broke off`, { timeout: 120_000 }, () => {
    let folder: string;
    let from: string;
    let to: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'osm-go-on-'));
      [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
      mkdirSync(path.join(from, 'many'), { recursive: true });
      mkdirSync(to);
      for (let n = 0; n < 200; n++) writeFileSync(path.join(from, `many/${n}`), randomBytes(small));
      writeFileSync(path.join(from, 'large'), randomBytes(large));
      slowDown(folder);
    });
    afterEach(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });

    it.each([0.3, 0.9])('at %f of its bytes goes on from there, and sends at most 2 % again', async (part) => {
      await copyUntil(copier, from, to, part * whole);
      const missing = whole - bytesIn(to);
      expect(missing).toBeGreaterThan(0);
      const moved = await copyOnce(copier, from, to);
      expect(moved).toBeGreaterThanOrEqual(missing);
      expect(moved).toBeLessThanOrEqual(missing + 0.02 * whole);
      expect(await compareTrees(from, to, never)).toMatchObject({ differing: [], extra: [] });
    });

    it('ends well though the part that is there is not the original’s any more', async () => {
      await copyUntil(copier, from, to, 0.5 * whole);
      writeFileSync(path.join(from, 'large'), randomBytes(large));
      await copyOnce(copier, from, to);
      const { differing } = await compareTrees(from, to, never);
      await copyOnce(copier, from, to, differing);
      expect(await compareTrees(from, to, never)).toMatchObject({ differing: [], extra: [] });
    });
  });

  describe.runIf(runs)(`a large file that ${copier.name} has copied`, { timeout: 120_000 }, () => {
    let folder: string;
    let from: string;
    let to: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'osm-large-'));
      [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
      for (const at of [from, to]) mkdirSync(at);
      mkdirSync(path.join(from, 'deep/er'), { recursive: true });
      writeFileSync(path.join(from, 'deep/er/large ☃'), randomBytes(6_000_000));
      chmodSync(path.join(from, 'deep/er/large ☃'), 0o4751);
      utimesSync(path.join(from, 'deep/er/large ☃'), 1, 1_000_000_000.123);
      utimesSync(path.join(from, 'deep'), 1, 1_000_000_000);
      const holes = path.join(from, 'holes');
      writeFileSync(holes, 'x');
      execFileSync('truncate', ['--size', '20M', holes]);
      appendFileSync(holes, randomBytes(5_000_000));
      execFileSync('truncate', ['--size', '50M', holes]);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('has its mode, times and holes', async () => {
      await copyOnce(copier, from, to);
      expect(await compareTrees(from, to, never)).toMatchObject({ differing: [], extra: [] });
      expect(statSync(path.join(to, 'holes')).blocks * 512).toBeLessThan(8_000_000);
    });

    it('is made equal again after it grew, shrank, and was changed in its midst', async () => {
      await copyOnce(copier, from, to);
      const file = path.join(from, 'deep/er/large ☃');
      const changes = [
        () => appendFileSync(file, 'more'),
        () => execFileSync('truncate', ['--size', '5000000', file]),
        () => writeFileSync(file, randomBytes(10), { flag: 'r+' }),
      ];
      for (const change of changes) {
        change();
        await copyOnce(copier, from, to);
        expect(await compareTrees(from, to, never)).toMatchObject({ differing: [], extra: [] });
      }
      expect(readFileSync(path.join(to, 'deep/er/large ☃'))).toEqual(readFileSync(file));
    });
  });
}

/** rsync is too quick to be caught half-way: here it goes at 20 MB/s. */
const slowDown = (folder: string): void => {
  const file = path.join(folder, 'rsync');
  const others = process.env['PATH'] ?? '';
  writeFileSync(file, `#!/bin/sh\nPATH="$REAL_PATH" exec rsync --bwlimit=20m "$@"\n`);
  chmodSync(file, 0o755);
  vi.stubEnv('REAL_PATH', others);
  vi.stubEnv('PATH', `${folder}:${others}`);
};

const copyUntil = async (copier: Copier, from: string, to: string, bytes: number): Promise<void> => {
  const stop = new AbortController();
  const look = (): void => {
    if (bytesIn(to) >= bytes) stop.abort();
  };
  const watch = setInterval(look, 10);
  try {
    await expect(copyOnce(copier, from, to, [], stop.signal, look)).rejects.toThrow();
  } finally {
    clearInterval(watch);
  }
};

const copyOnce = async (
  copier: Copier,
  from: string,
  to: string,
  differing: readonly string[] = [],
  signal: AbortSignal = never,
  look: () => void = () => undefined,
): Promise<number> => {
  const [original, copy] = [await listTree(from, never), await listTree(to, never)];
  const { copy: paths, bytes, total } = treeDifference(original, copy, { differing });
  const move = openMover()({ route: { source: 'a', destination: 'b' }, signal, progress: look });
  const order = { from, to, paths, original, copy, total, already: total - bytes, signal, move, progress: look };
  return copier.copy({ ...order, differing: new Set(differing) });
};

/** Bytes of all files of a tree. */
const bytesIn = (at: string): number =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .reduce(
      (sum, one) => sum + (statSync(path.join(one.parentPath, one.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
