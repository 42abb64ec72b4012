/**
 * What a share is behind the API: a directory, and next to it the list of who may mount it. The fake has no NFS server;
 * the `mount` of `writeMountCommands` stands in for one.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cloud } from './frame.ts';
import { table } from './frame.ts';
import { accessRules, shares, type Share } from './manila-rows.ts';

const roots = table<string>('share.root');

/** Removes whatever is behind the shares of a cloud. */
export function removeExports(cloud: Cloud): void {
  const root = roots(cloud).get('root');
  if (root !== undefined) rmSync(root, { recursive: true, force: true });
}

/** The folder of a cloud's shares, made with the first of them; it goes with the cloud. */
function rootOf(cloud: Cloud): string {
  const there = roots(cloud).get('root');
  if (there !== undefined) return there;
  const root = mkdtempSync(path.join(tmpdir(), 'osm-fake-shares-'));
  roots(cloud).set('root', root);
  return root;
}

/** The directory with a share's contents. */
export function directoryOf(cloud: Cloud, share: Share): string {
  return path.join(rootOf(cloud), `share-${share.instanceId}`);
}

/** The directory with the contents of the share of this id. */
export function shareDirectory(cloud: Cloud, shareId: string): string {
  const share = shares(cloud).get(shareId);
  if (share === undefined) throw new Error(`the fake cloud has no share ${shareId}`);
  return directoryOf(cloud, share);
}

/** Makes the directory, empty and open to nobody. */
export function makeExport(cloud: Cloud, share: Share): void {
  mkdirSync(directoryOf(cloud, share), { mode: 0o777, recursive: true });
  writeRules(cloud, share);
}

export function removeExport(cloud: Cloud, share: Share): void {
  rmSync(directoryOf(cloud, share), { recursive: true, force: true });
  rmSync(`${directoryOf(cloud, share)}.access`, { force: true });
}

/** Tells the server what rules are in force now. */
export function writeRules(cloud: Cloud, share: Share): void {
  const active = [...accessRules(cloud).values()].filter(
    (rule) => rule.shareId === share.id && rule.state === 'active',
  );
  const lines = active.map(({ type, to, level }) => `${type} ${to} ${level}\n`);
  writeFileSync(`${directoryOf(cloud, share)}.access`, lines.join(''));
}
