import type { RecordedEvent } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import { chmodSync, mkdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { mendEnd } from './archive-end.ts';
import { lineOf, type ChainHead } from './archive-line.ts';
import { archiveDirectory, segmentName } from './segments.ts';

/** A copy of the log outside of it, event by event, each chained to the one before. One process writes it. */
export interface Archive {
  readonly directory: string;
  /** How far it goes; all of that is on the disk. */
  readonly head: ChainHead;
  /**
   * Adds what it has not yet, oldest first; resolves when that is on the disk. Raises `disk-full`, to be tried again:
   * nothing was added then.
   */
  append(events: readonly RecordedEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** Bytes after which another file is begun: what is compared at every start is in the last one or two. */
const segmentBytes = 2 * 1024 * 1024;

/** Opens the archive of a data directory, and makes it where there is none. */
export const openArchive = (dataDirectory: string): Archive => {
  const directory = archiveDirectory(dataDirectory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  return new FileArchive(directory);
};

class FileArchive implements Archive {
  readonly directory: string;
  #head: ChainHead;
  #file: string | undefined;
  #bytes: number;
  #handle: FileHandle | undefined;

  constructor(directory: string) {
    this.directory = directory;
    const { head, segment } = mendEnd(directory);
    this.#head = head;
    this.#file = segment?.file;
    this.#bytes = segment?.bytes ?? 0;
  }

  get head(): ChainHead {
    return this.#head;
  }

  async append(events: readonly RecordedEvent[]): Promise<void> {
    const fresh = events.filter(({ position }) => position > this.#head.position);
    const [first] = fresh;
    if (first === undefined) return;
    let { position, hash } = this.#head;
    const texts = fresh.map((event) => {
      const line = lineOf(hash, event);
      ({ position, hash } = { position: event.position, hash: line.hash });
      return `${line.text}\n`;
    });
    const bytes = Buffer.from(texts.join(''));
    await this.#write(await this.#handleFor(first.position), bytes);
    this.#bytes += bytes.length;
    this.#head = { position, hash };
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #handleFor(first: number): Promise<FileHandle> {
    const isNew = this.#file === undefined || this.#bytes >= segmentBytes;
    if (isNew) {
      await this.close();
      this.#file = path.join(this.directory, segmentName(first));
      this.#bytes = 0;
    }
    if (this.#handle !== undefined) return this.#handle;
    const file = this.#file ?? path.join(this.directory, segmentName(first));
    try {
      // Not for appending only: what a full disk took half of is cut off again.
      const handle = await open(file, isNew ? 'w+' : 'r+', 0o600);
      await handle.chmod(0o600);
      if (isNew) await syncDirectory(this.directory);
      this.#handle = handle;
      return handle;
    } catch (error) {
      throw fileFailure(error, file);
    }
  }

  async #write(handle: FileHandle, bytes: Buffer): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, this.#bytes + written);
        written += bytesWritten;
      }
      await handle.datasync();
    } catch (error) {
      await handle.truncate(this.#bytes);
      throw fileFailure(error, this.#file ?? this.directory);
    }
  }
}

/** A file that is new is there after a power cut only once its directory is on the disk, too. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const fileFailure = (error: unknown, file: string): unknown => {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return error;
  return new Failure('disk-full', `cannot write ${file}: the disk is full`, {
    disposition: 'retry',
    remedy: 'Make room on the disk; what was acknowledged is safe, and the work goes on by itself.',
    cause: error,
  });
};
