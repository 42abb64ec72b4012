import { Failure } from '@osm/kernel';

/**
 * Where bytes come from: an image's data, an object, a tree. It holds a connection from the moment that it is there: read it
 * or close it.
 */
export interface Reader {
  /** Bytes in all, where that is known beforehand. */
  readonly size: number | undefined;
  /**
   * Hands everything over, once, in order. A chunk is lent: its memory is used again as soon as what `take` answers has
   * settled (at once, where it answers nothing); several may be lent at a time. Settles when all was taken. Raises where the
   * bytes end before the size, the connection breaks, the signal is aborted, or `take` raises.
   */
  read(take: (chunk: Uint8Array) => Promise<void> | undefined, signal: AbortSignal): Promise<void>;
  /** Lets go of it unread, or half read. */
  close(): void;
}

/** Where bytes go. */
export interface Writer<Receipt = unknown> {
  /** Borrows the chunk until the answer settles, in order; nothing: it was taken at once. Waiting for it holds the reader back. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** After the last chunk: what the other side says of the whole. */
  end(): Promise<Receipt>;
  /** Breaks off, so that the other side cannot take what it has for the whole. May be called at any time. */
  abort(reason: unknown): void;
}

/** Hashes that clouds publish: Glance's `os_hash_algo`, Swift's ETag (MD5). */
export type HashName = 'sha512' | 'sha384' | 'sha256' | 'sha1' | 'md5';

export interface MoveOptions {
  readonly signal: AbortSignal;
  /** Hashes what passes, in a thread of its own. Leave it out where both clouds hash for themselves. */
  readonly hash?: HashName;
  /** Bytes of the same item that were there before: progress counts from here. */
  readonly already?: number;
  /** Bytes of the whole item, where the reader is only a part of it or does not know. */
  readonly total?: number;
}

/** What became of a move. */
export interface Moved<Receipt> {
  readonly bytes: number;
  /** In hexadecimal digits, where it was asked for. */
  readonly hash: string | undefined;
  readonly receipt: Receipt;
}

/**
 * Moves bytes from a reader to a writer, in memory of a fixed size: counted, limited to the bandwidth that the operator
 * allows, failed when nothing moves for too long, never by a time limit for the whole. Both ends are let go of, however it
 * ends.
 */
export type Move = <Receipt>(
  reader: Reader,
  writer: Writer<Receipt>,
  options?: Partial<MoveOptions>,
) => Promise<Moved<Receipt>>;

/** A reader of what is in memory already. */
export const readerOf = (bytes: Uint8Array): Reader => ({
  size: bytes.length,
  read: async (take, signal) => {
    signal.throwIfAborted();
    if (bytes.length > 0) await take(bytes);
  },
  close: () => undefined,
});

/** Everything that a reader has, in memory. Raises `too-large` beyond so many bytes. */
export const inMemory = async (
  reader: Reader,
  signal: AbortSignal = new AbortController().signal,
  most = 16 * 1024 * 1024,
): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  await reader.read((chunk) => {
    length += chunk.length;
    if (length > most) {
      throw new Failure('too-large', `cannot take in more than ${most} bytes at once`, {
        remedy: 'Look at what answers there: nothing so large is expected.',
      });
    }
    chunks.push(Buffer.from(chunk));
    return undefined;
  }, signal);
  return Buffer.concat(chunks, length);
};

/** Takes everything and keeps nothing: `move(reader, discard(), { hash: 'sha512' })` hashes what is there. */
export const discard = (): Writer<void> => ({
  write: () => undefined,
  end: () => Promise.resolve(),
  abort: () => undefined,
});

/** Sends what is in memory already. */
export const writeAll = async <Receipt>(writer: Writer<Receipt>, bytes: Uint8Array): Promise<Receipt> => {
  try {
    if (bytes.length > 0) await writer.write(bytes);
    return await writer.end();
  } catch (error) {
    writer.abort(error);
    throw error;
  }
};
