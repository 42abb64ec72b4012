import { sampleEvent } from '@osm/testing/event-log-contract';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openEmbeddedLog } from './open-embedded-log.ts';

const parent = mkdtempSync(path.join(tmpdir(), 'osm-private-'));
const umask = process.umask();
afterEach(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true });
});

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

it('keeps the log from everybody else on the machine, whatever the umask is, also where it was open before', async () => {
  process.umask(0);
  const directory = path.join(parent, 'made', 'here');
  const first = await openEmbeddedLog({ directory });
  await first.log.append('osm.evt.plan.one', 0, [sampleEvent()]);
  const files = readdirSync(directory).filter((name) => name.startsWith('events.db'));
  expect(files).toEqual(expect.arrayContaining(['events.db', 'events.db-shm', 'events.db-wal']));
  expect(files.map((name) => modeOf(path.join(directory, name)))).toEqual(files.map(() => '600'));
  expect(modeOf(directory)).toBe('700');
  await first.close();

  chmodSync(path.join(directory, 'events.db'), 0o644);
  await (await openEmbeddedLog({ directory })).close();
  expect(modeOf(path.join(directory, 'events.db'))).toBe('600');
});
