import type { Reader, Writer } from '@osm/resource';
import type { Readable } from 'node:stream';
import type { Running } from './as-root.ts';

/** Raises where a program did not do what it is for. */
export type Judge = (end: { readonly code: number | null; readonly complaint: string }) => void;

/** A program that runs for one end of a move; `stop` ends it. */
export interface Tool {
  readonly running: Running;
  readonly judge: Judge;
  stop(): void;
}

/** What a program says on its standard output. It ends well only if the program does. */
export const outputOf = ({ running: { child, ended }, judge, stop }: Tool): Reader => ({
  size: undefined,
  read: async (take, signal) => {
    if (child.stdout === null) throw new TypeError('a program is read without a pipe');
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const chunk of bytesOf(child.stdout)) {
        const taken = take(chunk);
        if (taken !== undefined) await taken;
        signal.throwIfAborted();
      }
      judge(await ended);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  },
  close: () => {
    child.stdout?.destroy();
    stop();
  },
});

/** A program's standard input. What it no more wants, because it has all that it needs, is let go. */
export const inputOf = ({ running: { child, ended }, judge, stop }: Tool): Writer<void> => {
  const { stdin } = child;
  if (stdin === null) throw new TypeError('a program is written to without a pipe');
  // That it is gone is told by how it ended, in its own words.
  stdin.on('error', () => stdin.destroy());
  return {
    write: (chunk) => {
      if (stdin.destroyed) return ended.then(judge);
      const taken = new Promise<void>((resolve) => {
        stdin.write(chunk, () => resolve());
      });
      // The pipe has it all: the chunk is free again.
      return stdin.writableLength === 0 ? undefined : taken;
    },
    end: async () => {
      if (!stdin.destroyed) stdin.end();
      judge(await ended);
    },
    abort: () => {
      stdin.destroy();
      stop();
    },
  };
};

async function* bytesOf(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a pipe gives no bytes');
    yield chunk;
  }
}
