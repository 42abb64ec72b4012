import { openEmbeddedLog } from '@osm/event-log-embedded';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const ends = ['', '-wal', '-shm'];

/** Puts an older file in the place of the log. */
export const putBack = (file: string, older: string): void => {
  for (const end of ends) {
    rmSync(`${file}${end}`, { force: true });
    if (existsSync(`${older}${end}`)) copyFileSync(`${older}${end}`, `${file}${end}`);
  }
};

/** Cuts the last third of a file off. */
export const cutOff = (file: string): void => truncateSync(file, Math.floor((statSync(file).size * 2) / 3));

/**
 * Flips one bit of what an event of the log says: as a row has it, for what SQLite has not overwritten yet of rows and pages that
 * are no more is nobody's. Answers where.
 */
export const flipBit = async (directory: string, random: () => number): Promise<string> => {
  const file = path.join(directory, 'events.db');
  const { log, close } = await openEmbeddedLog({ directory, readOnly: true });
  const events = await Array.fromAsync(log.read());
  await close();
  const bytes = readFileSync(file);
  for (;;) {
    const event = events[Math.floor(random() * events.length)];
    if (event === undefined) throw new Error('the log is empty');
    const { subject, id, type, at, data, position } = event;
    const needle = random() < 0.5 ? `${subject}${id}${type}` : `${type}${at}${JSON.stringify(data)}`;
    const start = bytes.indexOf(needle);
    // A long one is in several pages.
    if (start === -1) continue;
    const place = start + Math.floor(random() * Buffer.byteLength(needle));
    const bit = Math.floor(random() * 8);
    bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << bit), place);
    writeFileSync(file, bytes);
    return `bit ${bit} of byte ${place} (event ${position})`;
  }
};

/** The file of a log that is whole, and another one. */
export const anotherLog = async (folder: string): Promise<string> => {
  const directory = mkdtempSync(path.join(folder, 'another-'));
  const { log, close } = await openEmbeddedLog({ directory });
  for (let at = 0; at < 2000; at += 500) {
    const events = Array.from({ length: 500 }, (_, each) => ({
      ...{
        id: `other-${at + each}`,
        type: 'Other',
        version: 1,
        at: '2026-01-01T00:00:00.000Z',
        producer: 'e2e',
        data: {},
      },
    }));
    await log.append('osm.evt.scan.other', at, events);
  }
  await close();
  return path.join(directory, 'events.db');
};
