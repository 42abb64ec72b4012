import { genesis } from '@osm/event-log';
import { Failure } from '@osm/kernel';
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import { readLine, type ChainHead } from './archive-line.ts';
import { segmentsOf, type Segment } from './segments.ts';

/** The end of an archive: its newest file, undefined where there is none. */
export interface ArchiveEnd {
  readonly head: ChainHead;
  readonly segment: Segment | undefined;
}

/** Longer than any line: an event has at most 256 KiB. */
const tail = 1024 * 1024;

/**
 * Finds the end of an archive, and cuts off what was being written when the power failed: a line without an end, or with
 * bytes that never reached the disk. Raises `archive-tampered` where the last whole line is not as it was written.
 */
export const mendEnd = (directory: string): ArchiveEnd => {
  const segment = segmentsOf(directory).at(-1);
  if (segment === undefined) return { head: { position: 0, hash: genesis }, segment };
  const fd = openSync(segment.file, 'r+', 0o600);
  try {
    const from = Math.max(0, segment.bytes - tail);
    const bytes = Buffer.alloc(segment.bytes - from);
    readSync(fd, bytes, 0, bytes.length, from);
    const end = soundEnd(bytes);
    if (end < bytes.length) {
      ftruncateSync(fd, from + end);
      fsyncSync(fd);
    }
    // The file was made, and nothing of it had reached the disk.
    if (from + end === 0) return withoutEmpty(directory, segment);
    const start = bytes.lastIndexOf(newline, end - 2) + 1;
    const last = readLine(bytes.toString('utf8', start, end - 1));
    if (last === undefined) throw tampered(segment.file);
    return { head: { position: last.event.position, hash: last.hash }, segment: { ...segment, bytes: from + end } };
  } finally {
    closeSync(fd);
  }
};

const newline = 10;

/** Where the last line ends before which there is nothing that never reached the disk: such bytes read as zeros. */
const soundEnd = (bytes: Buffer): number => {
  const zero = bytes.indexOf(0);
  return (zero === 0 ? -1 : bytes.lastIndexOf(newline, zero === -1 ? undefined : zero)) + 1;
};

const withoutEmpty = (directory: string, { file }: Segment): ArchiveEnd => {
  unlinkSync(file);
  return mendEnd(directory);
};

const tampered = (file: string): Failure =>
  new Failure('archive-tampered', `cannot trust the archive: the last line of ${file} is not as it was written`, {
    remedy:
      'Keep the archive for an examination. While the event log is sound, move the archive away: it is made anew from the log.',
  });
