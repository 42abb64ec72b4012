import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { guardedLookup } from './endpoint-guard.ts';
import { openRing } from './raw-ring.ts';

/** Who hears what comes on a line. */
export interface LineListener {
  /** The bytes are lent until this returns; `hold` keeps them until what it answers is called. */
  bytes(bytes: Buffer, hold: () => () => void): void;
  /** The other side has said its last. */
  ended(): void;
  /** The line is gone. */
  failed(error: Error): void;
  /** No byte in either direction for the time limit. */
  silent(): void;
}

/**
 * A connection without an HTTP library upon it, plain or with TLS: it reads into memory that it uses again and again, which
 * takes a quarter of the processor time that Node's HTTP takes.
 */
export interface Line {
  readonly socket: Socket;
  /** Whether it waits for bytes now: they are wanted, and there is room for them. */
  readonly isReading: boolean;
  listen(listener: LineListener): void;
  /** Whether bytes are wanted from now on. */
  want(wanted: boolean): void;
  /** Counts the time without a byte from now on. */
  limit(milliseconds: number): void;
  /** Breaks it, so that the other side notices that this was no regular end. */
  break(error: Error): void;
}

/** The memory of a line for bytes; that of one for answers is small. */
export interface LineMemory {
  readonly slabBytes: number;
  readonly slabs: number;
}

/** Begins to connect to where a URL leads. */
export const openLine = (url: URL, tls: ConnectionOptions, { slabBytes, slabs }: LineMemory): Line => {
  let listener: LineListener = nobody;
  let wanted = false;
  let milliseconds = 0;
  const ring = openRing(slabBytes, slabs, () => apply());
  const isReading = (): boolean => wanted && ring.hasRoom;
  const apply = (): void => {
    if (!isReading()) return void socket.pause();
    // The time of a pause is not the other side's silence.
    if (milliseconds > 0) socket.setTimeout(milliseconds);
    socket.resume();
  };
  const onread = {
    buffer: () => ring.space,
    callback: (length: number, bytes: Uint8Array): boolean => {
      listener.bytes(Buffer.from(bytes.buffer, bytes.byteOffset, length), ring.hold);
      ring.took(length);
      return isReading();
    },
  };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const place = { host, port: Number(url.port === '' ? (secure ? 443 : 80) : url.port), lookup: guardedLookup, onread };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket = secure ? connectTls({ ...place, ...tls, ...servername }) : connect(place);
  let error: Error | undefined;
  socket.setNoDelay(true);
  socket.once('end', () => listener.ended());
  socket.on('error', (cause) => (error ??= cause));
  socket.on('timeout', () => listener.silent());
  socket.once('close', () => {
    ring.close();
    listener.failed(error ?? Object.assign(new Error('the connection is closed'), { code: 'ECONNRESET' }));
  });
  return {
    socket,
    get isReading() {
      return isReading();
    },
    listen: (next) => (listener = next),
    want: (now) => {
      wanted = now;
      apply();
    },
    limit: (ms) => {
      milliseconds = ms;
      socket.setTimeout(ms);
    },
    break: (cause) => {
      error ??= cause;
      // A reset cannot be taken for the end of what was sent. TLS knows its own end.
      // While it is being made, whoever waits for it hears of its end by the error alone.
      if (secure || socket.connecting) socket.destroy(cause);
      else socket.resetAndDestroy();
    },
  };
};

const nobody: LineListener = {
  bytes: () => undefined,
  ended: () => undefined,
  failed: () => undefined,
  silent: () => undefined,
};
