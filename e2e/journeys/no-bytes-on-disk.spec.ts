import { bundleOf, openFakeClouds, startProcess, writeConfig, type Clouds } from '@osm/testing/harness';
import { bytesOf, listed, makeImage } from '@osm/testing/tenant';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesBelow } from './canaries.ts';

const MiB = 1024 * 1024;
const size = 96 * MiB;

let clouds: Clouds;
let imageId: string;

beforeAll(async () => {
  clouds = await openFakeClouds({ latencyMs: 2 });
  imageId = await makeImage(clouds.source.admin, 'large', bytesOf('large', size));
});
afterAll(() => clouds.close());

/** Regular files that a process has open for writing, with their sizes. */
const written = (pid: number): readonly (readonly [file: string, bytes: number])[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      const writes = (Number.parseInt(flags, 8) & 0o3) !== 0;
      const file = statSync(`/proc/${pid}/fd/${fd}`);
      return writes && file.isFile() ? [[readlinkSync(`/proc/${pid}/fd/${fd}`), file.size] as const] : [];
    });
  } catch {
    // It has ended, or has closed a file while we looked.
    return [];
  }
};

/** Bytes that a process has had written to disks. */
const toDisk = (pid: number): number => {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
};

it.skipIf(process.platform !== 'linux')('an image passes through without a trace on the disk', async () => {
  const { cloudsYaml, route, folder } = clouds;
  const dataDirectory = path.join(folder, 'data');
  const policy = { image_transfer: 'direct' } as const;
  const settings = { temporary_migration_dir: path.join(folder, 'temporary') };
  const config = writeConfig({ cloudsYaml, route, dataDirectory, policy, settings }, 'embedded:');
  const args = [
    bundleOf('cli'),
    '--config',
    config,
    'start',
    '--resource-type',
    'image',
    '--include-dependencies',
    imageId,
  ];
  const run = await startProcess({ name: 'start', args, env: { TMPDIR: path.join(folder) } });
  const over = new AbortController();
  void run.ended.then(() => over.abort());
  const open = new Map<string, number>();
  let disk = 0;
  while (!over.signal.aborted) {
    for (const [file, bytes] of written(run.pid)) open.set(file, Math.max(bytes, open.get(file) ?? 0));
    disk = Math.max(disk, toDisk(run.pid));
    await pause(20);
  }
  expect(await run.ended, run.output()).toBe(0);
  const [twin] = await listed(clouds.destination.admin, 'image', { path: '/images', key: 'images' });
  expect(twin).toMatchObject({ name: 'large', size, status: 'active' });

  // It was looked at while it worked: its own log was open.
  expect([...open.keys()]).toContain(path.join(dataDirectory, 'events.db'));
  expect([...open].filter(([, bytes]) => bytes > 8 * MiB)).toEqual([]);
  expect(disk).toBeLessThan(size / 4);
  expect(filesBelow(folder).filter(([, bytes]) => bytes.length > 8 * MiB)).toEqual([]);
});
