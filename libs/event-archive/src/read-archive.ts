import { genesis } from '@osm/event-log';
import { Failure } from '@osm/kernel';
import { createReadStream, statSync } from 'node:fs';
import { readLine, type ArchiveLine, type ChainHead } from './archive-line.ts';
import { segmentsOf } from './segments.ts';

/** A line and where it stands. */
export interface PlacedLine extends ArchiveLine {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
}

/**
 * The lines of an archive, oldest first, each checked: what it says, its hash, and that it follows the one before it. A
 * directory is read from its first file on; a single file begins with what it says comes before it. A last line that was
 * never finished (the power failed) is passed over. Raises `archive-tampered` with the first line that is not as it was
 * written.
 */
export async function* readArchive(fileOrDirectory: string): AsyncGenerator<PlacedLine> {
  const isDirectory = statSync(fileOrDirectory).isDirectory();
  const files = isDirectory ? segmentsOf(fileOrDirectory).map(({ file }) => file) : [fileOrDirectory];
  if (files.length === 0) throw noArchive(fileOrDirectory);
  let before: ChainHead | undefined = isDirectory ? { position: 0, hash: genesis } : undefined;
  for (const [at, file] of files.entries()) {
    let line = 0;
    for await (const { text, whole } of linesOf(file)) {
      line += 1;
      if (!whole && at === files.length - 1) return;
      const read = whole ? readLine(text) : undefined;
      if (read === undefined || (before !== undefined && !follows(read, before))) throw tampered(file, line);
      yield { ...read, file, line };
      before = { position: read.event.position, hash: read.hash };
    }
  }
}

/** How far an archive goes, all of it read and checked. Raises `archive-tampered`. */
export const verifyArchive = async (fileOrDirectory: string): Promise<ChainHead & { readonly events: number }> => {
  let head = { position: 0, hash: genesis, events: 0 };
  for await (const { event, hash } of readArchive(fileOrDirectory)) {
    head = { position: event.position, hash, events: head.events + 1 };
  }
  return head;
};

const follows = ({ event, before }: ArchiveLine, head: ChainHead): boolean =>
  before.equals(head.hash) && event.position > head.position;

interface Line {
  readonly text: string;
  /** Whether its end was written, too. */
  readonly whole: boolean;
}

async function* linesOf(file: string): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let to = bytes.indexOf(newline); to !== -1; to = bytes.indexOf(newline, from)) {
      yield { text: bytes.toString('utf8', from, to), whole: true };
      from = to + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), whole: false };
}

const newline = 10;

const tampered = (file: string, line: number): Failure =>
  new Failure('archive-tampered', `cannot trust the archive: line ${line} of ${file} is not as it was written`, {
    remedy:
      'Keep the archive for an examination. While the event log is sound, move the archive away: it is made anew from the log.',
  });

const noArchive = (directory: string): Failure =>
  new Failure('no-archive', `cannot read an archive in ${directory}: there is none`, {
    remedy: 'Name the folder archive in the data directory of the registry, or one of its files.',
  });
