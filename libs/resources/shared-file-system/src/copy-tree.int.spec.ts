import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMover } from '@osm/payload';
import { runsHere } from './as-root.ts';
import { compareTrees } from './compare-trees.ts';
import type { Copier, CopyOrder } from './copier.ts';
import { listTree } from './list-tree.ts';
import { removeExtra } from './remove-extra.ts';
import { rsync } from './rsync.ts';
import { treeDifference } from './tree-difference.ts';
import { walker } from './walker.ts';

const signal = new AbortController().signal;
const isRoot = process.getuid?.() === 0;

/** Gives a file an extended attribute, with the one tool that is surely there. */
const mark = (directory: string, file: string, value: string): void => {
  const create = ['--create', '--format=posix', '--xattrs', `--pax-option=SCHILY.xattr.user.colour:=${value}`, file];
  const stream = execFileSync('tar', create, { cwd: directory });
  execFileSync('tar', ['--extract', '--xattrs', '--xattrs-include=user.*'], { cwd: directory, input: stream });
};

const hasRsync = await runsHere('rsync', ['--version'], signal);
/** What this host cannot run is named as skipped. */
const copiers = [
  { copier: walker, runs: isRoot },
  { copier: rsync, runs: isRoot && hasRsync },
];

/** Makes one directory like the other, once: with what listings tell, and what was found to differ beside. */
const copyOnce = async (
  copier: Copier,
  from: string,
  to: string,
  differing: readonly string[] = [],
  more: Partial<CopyOrder> = {},
): Promise<number> => {
  const stop = more.signal ?? signal;
  const [original, copy] = [await listTree(from, stop), await listTree(to, stop)];
  const { copy: paths, remove, bytes, total } = treeDifference(original, copy, { differing });
  await removeExtra(to, remove, stop);
  const progress = more.progress ?? (() => undefined);
  const move = openMover()({ route: { source: 'a', destination: 'b' }, signal: stop, progress });
  const order = { from, to, paths, original, copy, total, already: total - bytes, signal: stop, move, progress };
  return copier.copy({ ...order, differing: new Set(differing), ...more });
};

// Without root, sudo has to be asked, and owners cannot be chosen: everything here is about exactly that.
for (const { copier, runs } of copiers)
  describe.runIf(runs)(`a tree and its copy by ${copier.name}`, { timeout: 120_000 }, () => {
    let folder: string;
    let from: string;
    let to: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'osm-tree-'));
      [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
      mkdirSync(from);
      mkdirSync(to);
      plant(from);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const copy = (differing?: readonly string[]): Promise<number> => copyOnce(copier, from, to, differing);
    const compare = () => compareTrees(from, to, signal);

    it('are equal: contents, modes, owners, times, links of both kinds, attributes', async () => {
      await copy();
      const found = await compare();
      expect(found).toMatchObject({ differing: [], extra: [] });
      expect(found.entries).toBe(16);
      const [one, other] = [statSync(path.join(to, 'deep/er/one')), statSync(path.join(to, 'other-name'))];
      expect(one.ino).toBe(other.ino);
      expect([one.mode & 0o7777, one.uid, one.gid, one.mtimeMs]).toEqual([0o640, 1234, 4321, 1_000_000_000_123]);
      expect(statSync(path.join(to, 'deep')).mtimeMs).toBe(1_100_000_000_000);
      expect(statSync(path.join(to, 'holes')).blocks).toBeLessThan(1000);
    });

    it.each<[string, (at: string) => void]>([
      ['a byte', (at) => writeFileSync(path.join(at, 'plain'), 'plain tex!')],
      ['a mode', (at) => chmodSync(path.join(at, 'deep'), 0o700)],
      ['an owner', (at) => chownSync(path.join(at, 'plain'), 5, 6)],
      ['a time', (at) => lutimesSync(path.join(at, 'plain'), 5, 6)],
      ['a link’s target', (at) => (rmSync(path.join(at, 'link')), symlinkSync('elsewhere', path.join(at, 'link')))],
      ['an attribute', (at) => mark(at, 'coloured', 'red')],
      ['a name', (at) => rmSync(path.join(at, 'ünicode ☃'))],
      ['a hard link', (at) => (rmSync(path.join(at, 'other-name')), writeFileSync(path.join(at, 'other-name'), 'one'))],
    ])('that differ in %s are told apart, and equal again after another copy', async (_, change) => {
      await copy();
      change(to);
      const { differing } = await compare();
      expect(differing).not.toEqual([]);
      await copy(differing);
      expect(await compare()).toMatchObject({ differing: [], extra: [] });
    });

    it('names what only the copy has, by its topmost path, and removes exactly that', async () => {
      await copy();
      mkdirSync(path.join(to, 'deep/new dir/x'), { recursive: true });
      writeFileSync(path.join(to, '-f'), '');
      const { extra } = await compare();
      expect(extra).toEqual(['./-f', './deep/new dir']);
      await copy();
      expect(await compare()).toMatchObject({ differing: [], extra: [] });
    });

    it('leaves what the file server itself has put there', async () => {
      mkdirSync(path.join(from, 'lost+found'));
      mkdirSync(path.join(to, '.snapshot'));
      await copy();
      expect(await compare()).toMatchObject({ differing: [], extra: [] });
    });

    it('that cannot be written to is a failure in the words of the machine', async () => {
      const order = { to: path.join(folder, 'nowhere/at all') };
      await expect(copyOnce(copier, from, to, [], order)).rejects.toMatchObject({
        code: 'copy-failed',
        message: expect.stringContaining('No such file or directory'),
      });
    });

    it('that cannot be read is a failure, too, and not an empty copy', async () => {
      const nowhere = path.join(folder, 'nowhere');
      await expect(listTree(nowhere, signal)).rejects.toMatchObject({ code: 'copy-failed' });
      await expect(copyOnce(copier, from, to, [], { from: nowhere })).rejects.toMatchObject({ code: 'copy-failed' });
      await expect(compareTrees(nowhere, to, signal)).rejects.toMatchObject({ code: 'copy-failed' });
    });
  });

const plant = (at: string): void => {
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(path.join(at, name), text);
    return path.join(at, name);
  };
  mkdirSync(path.join(at, 'deep/er'), { recursive: true });
  file('plain', 'plain text');
  file('deep/er/one', 'one');
  linkSync(path.join(at, 'deep/er/one'), path.join(at, 'other-name'));
  chownSync(path.join(at, 'deep/er/one'), 1234, 4321);
  chmodSync(path.join(at, 'deep/er/one'), 0o640);
  utimesSync(path.join(at, 'deep/er/one'), 1_000_000_000, 1_000_000_000.123);
  symlinkSync('deep/er/one', path.join(at, 'link'));
  symlinkSync('/nowhere at all', path.join(at, 'broken'));
  chmodSync(file('setuid', '#!'), 0o4755);
  chmodSync(file('nobody’s', ''), 0o000);
  file('ünicode ☃', 'snow');
  writeFileSync(Buffer.concat([Buffer.from(`${at}/`), Buffer.from([0x66, 0xff, 0x0a, 0x67])]), 'no UTF-8, a newline');
  file(`${'long'.repeat(60)}`, 'a name of 240 bytes');
  mkdirSync(path.join(at, 'empty'));
  chmodSync(path.join(at, 'empty'), 0o1777);
  file('coloured', 'blue');
  mark(at, 'coloured', 'blue');
  truncateSync(file('holes', 'x'), 8_000_000);
  utimesSync(path.join(at, 'deep'), 1_100_000_000, 1_100_000_000);
};
