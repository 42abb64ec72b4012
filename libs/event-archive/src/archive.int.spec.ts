import { openEmbeddedLog, type EmbeddedLog } from '@osm/event-log-embedded';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRecent } from './compare-log.ts';
import { readWitness, refuseWentBack, witnessFile, witnessLog } from './log-witness.ts';
import { openArchive } from './open-archive.ts';
import { readArchive, verifyArchive } from './read-archive.ts';
import { archiveDirectory, segmentsOf } from './segments.ts';

let folder: string;
let events: EmbeddedLog;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'osm-archive-'));
  events = await openEmbeddedLog({ directory: ':memory:' });
});
afterEach(async () => {
  await events.close();
  rmSync(folder, { recursive: true });
});

const never = (error: unknown): void => {
  throw error;
};

/** Events of one subject, each of so many bytes. */
const write = async (count: number, bytes = 100, to = events): Promise<number> => {
  const subject = 'osm.evt.scan.one';
  const before = (await to.log.load(subject)).at(-1)?.position ?? 0;
  const made = Array.from({ length: count }, (_, at) => ({
    ...{
      id: `e${before + at}-${bytes}`,
      type: 'Sampled',
      version: 1,
      at: '2026-01-01T00:00:00.000Z',
      producer: 'spec',
    },
    data: { number: before + at, text: 'x'.repeat(bytes) },
  }));
  return to.log.append(subject, before, made);
};

/** Copies the log into the archive, as the registry does. */
const copy = async (from = events): Promise<void> => {
  const archive = openArchive(folder);
  await archive.append(await Array.fromAsync(from.log.read({ after: archive.head.position })));
  await archive.close();
};

const only = (): string => segmentsOf(archiveDirectory(folder))[0]?.file ?? 'none';

describe('an archive', () => {
  it('has the events of the log, chained, and is for nobody else to read', async () => {
    await write(3);
    await copy();
    await write(2);
    await copy();
    const lines = await Array.fromAsync(readArchive(archiveDirectory(folder)));
    expect(lines.map(({ event }) => event)).toEqual(await Array.fromAsync(events.log.read()));
    expect(statSync(only()).mode & 0o777).toBe(0o600);
    expect(statSync(archiveDirectory(folder)).mode & 0o777).toBe(0o700);
  });

  it('begins another file when one is large, and is one chain over all of them', async () => {
    for (let at = 0; at < 4; at++) {
      await write(10, 100_000);
      await copy();
    }
    expect(segmentsOf(archiveDirectory(folder)).map(({ first }) => first)).toEqual([1, 31]);
    expect(await verifyArchive(archiveDirectory(folder))).toMatchObject({ events: 40, position: 40 });
    expect(await verifyArchive(segmentsOf(archiveDirectory(folder))[1]?.file ?? '')).toMatchObject({ events: 10 });
  });

  it.each([
    ['half a line', '{"position":4,"subj'],
    ['bytes that never reached the disk', '\0'.repeat(300)],
    ['both, and the end of a line', `{"position":4${'\0'.repeat(300)}\n`],
  ])('goes on after a power cut that left %s', async (_, rest) => {
    await write(3);
    await copy();
    const whole = readFileSync(only(), 'utf8');
    appendFileSync(only(), rest);
    expect(openArchive(folder).head.position).toBe(3);
    expect(readFileSync(only(), 'utf8')).toBe(whole);
    await write(1);
    await copy();
    expect(await verifyArchive(archiveDirectory(folder))).toMatchObject({ events: 4 });
  });

  it('goes on after a power cut that left an empty file', async () => {
    await write(3);
    await copy();
    writeFileSync(path.join(archiveDirectory(folder), 'events-000000000000004.jsonl'), '\0\0\0');
    expect(openArchive(folder).head.position).toBe(3);
    expect(readdirSync(archiveDirectory(folder))).toHaveLength(1);
  });

  it('says which line is not as it was written, whatever was done to it', async () => {
    await write(5);
    await copy();
    const whole = readFileSync(only(), 'utf8');
    const lines = whole.split('\n');
    const changed: readonly string[] = [
      lines.map((line, at) => (at === 2 ? line.replace('Sampled', 'Sampler') : line)).join('\n'),
      lines.map((line, at) => (at === 2 ? line.replace('{', '{ ') : line)).join('\n'),
      lines.filter((_, at) => at !== 2).join('\n'),
      [lines[0], lines[1], lines[1], ...lines.slice(2)].join('\n'),
    ];
    for (const text of changed) {
      writeFileSync(only(), text);
      await expect(verifyArchive(archiveDirectory(folder))).rejects.toMatchObject({
        code: 'archive-tampered',
        message: expect.stringContaining(`line 3 of ${only()}`),
      });
    }
  });
});

describe('a log compared with its archive', () => {
  it('may have more than the archive', async () => {
    await write(3);
    await copy();
    await write(3);
    await (await compareRecent(events.log, openArchive(folder))).compareRest(new AbortController().signal);
  });

  it('may not have less', async () => {
    await write(3);
    await copy();
    const shorter = await openEmbeddedLog({ directory: ':memory:' });
    await write(2, 100, shorter);
    await expect(compareRecent(shorter.log, openArchive(folder))).rejects.toMatchObject({
      code: 'event-log-went-back',
      message: expect.stringContaining('up to position 3, the log ends at 2'),
    });
    await shorter.close();
  });

  it('may not differ, in new events at once and in old ones soon', async () => {
    await write(15, 200_000);
    await copy();
    await write(15, 200_000);
    await copy();
    const changed = (position: number): EmbeddedLog['log'] => ({
      ...events.log,
      read: async function* (options) {
        for await (const event of events.log.read(options)) {
          yield event.position === position ? { ...event, actor: 'mallory' } : event;
        }
      },
    });
    const tampered = (position: number) => ({
      code: 'event-log-tampered',
      message: expect.stringContaining(`event at position ${position} is not the one that was archived`),
    });
    await expect(compareRecent(changed(20), openArchive(folder))).rejects.toMatchObject(tampered(20));
    const { compareRest } = await compareRecent(changed(7), openArchive(folder));
    await expect(compareRest(new AbortController().signal)).rejects.toMatchObject(tampered(7));
  });
});

describe('a witness', () => {
  it('notes how far the log went, at the end at the latest', async () => {
    const { log, end } = await witnessLog(events.log, folder, never);
    await write(4, 100, { ...events, log });
    await end();
    expect(readWitness(folder)).toMatchObject({ position: 4, log: 'e0-100' });
    expect(statSync(witnessFile(folder)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['log-witness.json']);
  });

  it('never goes back, and lets a log go on', async () => {
    await write(4);
    const first = await witnessLog(events.log, folder, never);
    await first.log.load('osm.evt.scan.one');
    await first.end();
    const second = await witnessLog(events.log, folder, never);
    for await (const event of second.log.read()) if (event.position === 2) break;
    await second.end();
    expect(readWitness(folder)?.position).toBe(4);
    await write(1);
    expect(await refuseWentBack(events.log, folder)).toMatchObject({ position: 4 });
  });

  it('refuses a log that is shorter, one that differs, and another one', async () => {
    const { log, end } = await witnessLog(events.log, folder, never);
    await write(4, 100, { ...events, log });
    await end();
    for (const [make, words] of [
      [async (to: EmbeddedLog) => write(3, 100, to), 'it ends at 3: position 4 is missing'],
      [async () => 0, 'it ends at 0: 1 to 4 are missing'],
      [async (to: EmbeddedLog) => write(5, 90, to), 'this is another log'],
    ] as const) {
      const other = await openEmbeddedLog({ directory: ':memory:' });
      await make(other);
      await expect(witnessLog(other.log, folder, never)).rejects.toMatchObject({
        code: 'event-log-went-back',
        message: expect.stringContaining(words),
        remedy: expect.stringContaining('recover --from-archive'),
      });
      await other.close();
    }
  });

  it('that cannot be read is not taken for none', async () => {
    await write(1);
    writeFileSync(witnessFile(folder), '{"position":');
    await expect(refuseWentBack(events.log, folder)).rejects.toMatchObject({ code: 'witness-unreadable' });
    truncateSync(witnessFile(folder));
    await expect(refuseWentBack(events.log, folder)).rejects.toMatchObject({ code: 'witness-unreadable' });
  });
});
