import type { RecordedEvent } from '@osm/contracts';
import { eventHash, genesis, type EventLog } from '@osm/event-log';
import { Failure, isFailure } from '@osm/kernel';
import { openSync, closeSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { readLine, type ChainHead } from './archive-line.ts';
import type { Archive } from './open-archive.ts';
import { wentBack } from './log-witness.ts';
import { readArchive } from './read-archive.ts';
import { segmentsOf, type Segment } from './segments.ts';

type ReadableLog = Pick<EventLog, 'head' | 'read'>;

export interface Comparison {
  /** Compares what was not compared yet, older than that, a little at a time. Raises as `compareRecent` does. */
  compareRest(signal: AbortSignal): Promise<void>;
}

/** Of the newest file, so few bytes that the one before it is compared at the start, too. */
const fewBytes = 256 * 1024;

/**
 * Compares the newest events of a log with its archive: some megabytes, of whatever size the log is. Raises
 * `event-log-went-back` where the archive has more than the log, and `event-log-tampered` where they differ.
 */
export const compareRecent = async (log: ReadableLog, archive: Archive): Promise<Comparison> => {
  const { directory, head } = archive;
  const segments = segmentsOf(directory);
  await refuseShorter(log, directory, head);
  const recent = recentOf(segments);
  const start = recent === undefined ? { position: 0, hash: genesis } : beginningOf(recent);
  await compare(log, directory, start, [head]);
  const older = segments.filter(({ first }) => recent !== undefined && first < recent.first);
  return {
    compareRest: async (signal) => {
      if (older.length === 0) return;
      const ends = [...older.slice(1).map(beginningOf), start];
      await compare(log, directory, { position: 0, hash: genesis }, ends, signal);
    },
  };
};

/** Compares all that an archive has with the log. Raises as `compareRecent` does. */
export const compareWhole = async (log: ReadableLog, directory: string, archived: ChainHead): Promise<void> => {
  await refuseShorter(log, directory, archived);
  await compare(log, directory, { position: 0, hash: genesis }, [archived]);
};

const refuseShorter = async (log: ReadableLog, directory: string, { position }: ChainHead): Promise<void> => {
  const head = await log.head();
  if (head >= position) return;
  throw wentBack(`the archive ${directory} has events up to position ${position}, the log ends at ${head}`);
};

const recentOf = (segments: readonly Segment[]): Segment | undefined => {
  const last = segments.at(-1);
  return last !== undefined && last.bytes < fewBytes ? (segments.at(-2) ?? last) : last;
};

/** What comes before a file: its first line says so. Where that is not as it was written, nothing can be compared. */
const beginningOf = ({ file, first }: Segment): ChainHead => {
  const line = readLine(firstLine(file));
  if (line !== undefined && line.event.position === first) return { position: first - 1, hash: line.before };
  throw new Failure('archive-tampered', `cannot trust the archive: line 1 of ${file} is not as it was written`, {
    remedy: 'Keep the archive for an examination. While the event log is sound, move it away: it is made anew.',
  });
};

const firstLine = (file: string): string => {
  const bytes = Buffer.alloc(1024 * 1024);
  const fd = openSync(file, 'r');
  try {
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
    return text.slice(0, Math.max(0, text.indexOf('\n')));
  } finally {
    closeSync(fd);
  }
};

/** Follows the log's own chain from one place to others, and looks whether it arrives there with the same hashes. */
const compare = async (
  log: ReadableLog,
  directory: string,
  start: ChainHead,
  ends: readonly ChainHead[],
  signal?: AbortSignal,
): Promise<void> => {
  const waiting = [...ends];
  let hash = start.hash;
  let events = 0;
  let last = start.position;
  /** Raises where the log has come to one of the ends, or past it, and not with what was there. */
  const arrive = async (next: number): Promise<void> => {
    for (let [end] = waiting; end !== undefined && end.position < next; [end] = waiting) {
      if (!hash.equals(end.hash)) throw await difference(log, directory, last);
      waiting.shift();
    }
  };
  try {
    for await (const event of log.read({ after: start.position, ...(signal === undefined ? {} : { signal }) })) {
      await arrive(event.position);
      if (waiting.length === 0) return;
      hash = eventHash(hash, event);
      last = event.position;
      events += 1;
      if (signal !== undefined && events % stride === 0) await pause(strideMs, undefined, { signal });
    }
    await arrive(Infinity);
  } catch (error) {
    if (signal?.aborted === true || isFailure(error)) throw error;
    throw unreadable(last, error);
  }
};

/** What is compared beside the work takes a third of a processor at most. */
const stride = 500;
const strideMs = 20;

/** Where the first difference is: the archive is read from its beginning, beside the log. */
const difference = async (log: ReadableLog, directory: string, near: number): Promise<Failure> => {
  const ours = log.read()[Symbol.asyncIterator]();
  try {
    for await (const line of readArchive(directory)) {
      const next: IteratorResult<RecordedEvent, unknown> = await ours.next();
      const event = next.done === true ? undefined : next.value;
      if (event === undefined || !eventHash(line.before, event).equals(line.hash)) {
        return tampered(line.event.position, event);
      }
    }
  } finally {
    await ours.return?.();
  }
  return tampered(near, undefined);
};

const tampered = (position: number, event: RecordedEvent | undefined): Failure => {
  const found = event === undefined ? 'nothing' : `event ${event.id} at position ${event.position}`;
  const another = position === 1 ? 'it is another log, or ' : '';
  return new Failure(
    'event-log-tampered',
    `cannot trust the event log: ${another}the event at position ${position} is not the one that was archived; the log has ${found}`,
    { remedy: recoverRemedy },
  );
};

const unreadable = (after: number, cause: unknown): Failure => {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure('event-log-damaged', `cannot read the event log after position ${after}: ${why}`, {
    remedy: recoverRemedy,
    cause,
  });
};

const recoverRemedy =
  'Stop all processes and restore the log: openstack-migrate recover --from-archive. For another log on purpose, use another data directory.';
