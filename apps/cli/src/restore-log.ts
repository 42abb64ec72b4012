import { readArchive } from '@osm/event-archive';
import type { EventLog } from '@osm/event-log';
import { lockDirectory, openEmbeddedLog } from '@osm/event-log-embedded';
import { openJetStreamLog } from '@osm/event-log-jetstream';
import { Failure } from '@osm/kernel';
import type { ReadSettings } from '@osm/platform';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { embeddedDirectory } from './log-found.ts';

/** Writes a log as its archive has it; answers where what was there before is kept, if anything was. */
export const restoreLog = (settings: ReadSettings, archive: string): Promise<string | undefined> => {
  const directory = embeddedDirectory(settings);
  return directory === undefined ? restoreStream(settings, archive) : restoreFile(directory, archive);
};

/** The new log is made beside the old one and takes its place when it is whole: a crash before leaves the old one. */
const restoreFile = async (directory: string, archive: string): Promise<string | undefined> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory);
  const next = mkdtempSync(path.join(directory, 'recovering-'));
  try {
    const { log, close } = await openEmbeddedLog({ directory: next });
    try {
      await writeAll(log, archive, batch);
    } finally {
      await close();
    }
    const aside = setAside(path.join(directory, 'events.db'));
    renameSync(path.join(next, 'events.db'), path.join(directory, 'events.db'));
    return aside;
  } finally {
    rmSync(next, { recursive: true, force: true });
    unlock();
  }
};

/** Never overwritten: a damaged log is examined by people, and may hold what the archive has not. */
const setAside = (file: string): string | undefined => {
  const aside = `${file}.set-aside-${new Date().toISOString().replaceAll(':', '')}`;
  for (const end of ['', '-wal', '-shm'])
    if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${aside}${end}`);
  return existsSync(aside) ? aside : undefined;
};

/** A stream is the servers' own: what is in one is removed by whoever keeps them, and by nobody else. */
const restoreStream = async ({ eventLog, natsCredentials }: ReadSettings, archive: string): Promise<undefined> => {
  const credentials = natsCredentials === undefined ? {} : { credentials: natsCredentials };
  const { log, close } = await openJetStreamLog({
    servers: eventLog,
    name: 'openstack-migrate, recovering',
    ...credentials,
  });
  try {
    const head = await log.head();
    if (head > 0) throw notEmpty(head);
    // One after the other: on a stream, what is asked for together may be written in any order.
    await writeAll(log, archive, 1);
    return undefined;
  } finally {
    await close();
  }
};

const notEmpty = (head: number): Failure =>
  new Failure('event-log-not-empty', `cannot restore the event log: its stream has events up to position ${head}`, {
    remedy:
      'Stop all services, keep a copy (nats stream backup OSM_EVENTS DIRECTORY), remove the streams OSM_EVENTS and OSM_COMMANDS (nats stream rm), and run this command again.',
  });

/** Events of an embedded log that share one transaction. */
const batch = 500;

const writeAll = async (log: EventLog, archive: string, together: number): Promise<void> => {
  const revisions = new Map<string, number>();
  let waiting: Promise<void>[] = [];
  for await (const { event } of readArchive(archive)) {
    const { subject, position, ...written } = event;
    const before = revisions.get(subject) ?? 0;
    revisions.set(subject, position);
    // What is asked for together is written together, in the order of asking.
    waiting.push(log.append(subject, before, [written]).then((at) => mustBe(position, at)));
    if (waiting.length < together) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
};

const mustBe = (wanted: number, written: number): void => {
  if (wanted === written) return;
  throw new Failure(
    'event-log-moved',
    `cannot restore the event log: what was at position ${wanted} is now at ${written}`,
    {
      remedy: 'See that nobody else writes to the log, remove what was restored, and run this command again.',
    },
  );
};
