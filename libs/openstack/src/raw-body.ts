import type { RawHead } from './raw-head.ts';

/** How an answer says where its body ends. */
export interface RawBody {
  /** Bytes, where they are announced. */
  readonly size: number | undefined;
  /** Whether the end of the connection is the end of the body. */
  readonly endsWithConnection: boolean;
  /**
   * Hands on what of these bytes is the body's. Answers how many bytes belonged to this answer, once it is whole; undefined
   * where more must come. Throws where it is garbage.
   */
  feed(bytes: Buffer, part: (bytes: Buffer) => void): number | undefined;
}

/** The body that follows a head. Throws where its encoding is unknown. */
export const bodyOf = (method: string, { status, headers }: RawHead): RawBody => {
  if (method === 'HEAD' || status === 204 || status === 304) return sized(0);
  const encoding = headers['transfer-encoding']?.toLowerCase();
  if (encoding === 'chunked') return chunked();
  if (encoding !== undefined)
    throw new Error(`the answer comes in an encoding that nobody asked for (${JSON.stringify(encoding.slice(0, 40))})`);
  const length = headers['content-length'];
  if (length === undefined) return untilClosed;
  if (!/^\d{1,15}$/.test(length)) throw new Error('the answer announces a size that is no number');
  return sized(Number(length));
};

const sized = (size: number): RawBody => {
  let left = size;
  return {
    size,
    endsWithConnection: false,
    feed: (bytes, part) => {
      const own = bytes.length > left ? bytes.subarray(0, left) : bytes;
      left -= own.length;
      if (own.length > 0) part(own);
      return left === 0 ? own.length : undefined;
    },
  };
};

const untilClosed: RawBody = {
  size: undefined,
  endsWithConnection: true,
  feed: (bytes, part) => {
    if (bytes.length > 0) part(bytes);
    return undefined;
  },
};

const longestLine = 16 * 1024;
/** Headers that follow the last chunk, all together; they need not end otherwise. */
const longestTrailer = 64 * 1024;

/** `size CRLF bytes CRLF`, again and again; a size of 0, further headers and an empty line at the end. */
const chunked = (): RawBody => {
  let left = 0;
  let line = '';
  let trailer = 0;
  let state: 'size' | 'bytes' | 'after' | 'trailer' = 'size';
  /** A line may come in several pieces; undefined while it has not ended. */
  const lineEnd = (bytes: Buffer, at: number): number | undefined => {
    const end = bytes.indexOf(10, at);
    line += bytes.subarray(at, end < 0 ? undefined : end).toString('latin1');
    if (state === 'trailer') trailer += (end < 0 ? bytes.length : end) - at;
    if (line.length > longestLine || trailer > longestTrailer) throw garbled();
    return end < 0 ? undefined : end + 1;
  };
  const nextLine = (): string => {
    const whole = line.replace(/\r$/, '');
    line = '';
    return whole;
  };
  const onLine = (text: string): boolean => {
    if (state === 'trailer') return text === '';
    if (state === 'after') {
      if (text !== '') throw garbled();
      state = 'size';
      return false;
    }
    const [, digits] = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(text) ?? [];
    if (digits === undefined) throw garbled();
    left = Number.parseInt(digits, 16);
    state = left === 0 ? 'trailer' : 'bytes';
    return false;
  };
  return {
    size: undefined,
    endsWithConnection: false,
    feed: (bytes, part) => {
      for (let at = 0; at < bytes.length;) {
        if (state === 'bytes') {
          const own = bytes.subarray(at, at + left);
          at += own.length;
          left -= own.length;
          if (left === 0) state = 'after';
          part(own);
          continue;
        }
        const next = lineEnd(bytes, at);
        if (next === undefined) return undefined;
        at = next;
        if (onLine(nextLine())) return at;
      }
      return undefined;
    },
  };
};

const garbled = (): Error => new Error('the answer’s chunks are garbled');
