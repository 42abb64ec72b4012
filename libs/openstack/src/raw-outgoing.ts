import { Failure } from '@osm/kernel';
import type { Socket } from 'node:net';

/** The body of a request on its way out. */
export interface Outgoing {
  /** Bytes that were given so far. */
  readonly bytes: number;
  /** Whether some of them have not left this process yet. */
  readonly isPending: boolean;
  /** Borrows the chunk until the answer settles. Raises `wrong-size` where it is more than was announced. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Sends what makes it whole. Raises `wrong-size` where it is less than was announced. */
  end(): void;
  /** Rejects whatever is still pending. */
  fail(error: unknown): void;
}

/** A last chunk up to here is sent together with the end. */
const shortEnd = 64 * 1024;

/**
 * A body of so many bytes, or in chunks where that is unknown. Until `end` it is never whole for who receives it: of an
 * announced size the last byte is kept back.
 */
export const openOutgoing = (socket: Socket, size: number | undefined): Outgoing => {
  const pending = new Set<(error: unknown) => void>();
  let bytes = 0;
  let last: Uint8Array = size === undefined ? lastChunk : Buffer.alloc(0);

  const put = (chunk: Uint8Array, before?: Uint8Array, after?: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      pending.add(reject);
      // What broke the line is told by the line, in better words.
      const sent = (error?: Error | null): void => {
        if (!error && pending.delete(reject)) resolve();
      };
      socket.cork();
      if (before !== undefined) socket.write(before);
      socket.write(chunk, after === undefined ? sent : undefined);
      if (after !== undefined) socket.write(after, sent);
      socket.uncork();
    });

  return {
    get bytes() {
      return bytes;
    },
    get isPending() {
      return pending.size > 0;
    },
    write: (chunk) => {
      if (chunk.length === 0) return undefined;
      bytes += chunk.length;
      if (size === undefined) return put(chunk, Buffer.from(`${chunk.length.toString(16)}\r\n`), crlf);
      if (bytes > size) throw wrongSize(size, bytes);
      if (bytes < size) return put(chunk);
      const sent = chunk.length <= shortEnd ? 0 : chunk.length - 1;
      last = Buffer.from(chunk.subarray(sent));
      return sent === 0 ? undefined : put(chunk.subarray(0, sent));
    },
    end: () => {
      if (size !== undefined && bytes < size) throw wrongSize(size, bytes);
      put(last).catch(() => undefined);
    },
    fail: (error) => {
      for (const reject of pending) reject(error);
      pending.clear();
    },
  };
};

const crlf = Buffer.from('\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

const wrongSize = (size: number, bytes: number): Failure =>
  new Failure('wrong-size', `cannot send ${size} bytes: the stream has ${bytes > size ? 'more' : `only ${bytes}`}.`, {
    disposition: 'retry',
    remedy: 'Look whether what is being copied changes, or whether its connection breaks.',
  });
