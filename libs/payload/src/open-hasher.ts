import { Failure } from '@osm/kernel';
import type { HashName } from '@osm/resource';
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** Hashes what passes by. */
export interface Hasher {
  /** Borrows the chunk until the answer settles; nothing: it was taken at once. */
  update(chunk: Uint8Array): Promise<void> | undefined;
  /** The hash of everything, in hexadecimal digits. */
  digest(): Promise<string>;
  /** Lets go of it before its end. May be called at any time. */
  close(): void;
}

const batchBytes = 1024 * 1024;
/** Batches of one hasher that are on their way to the thread and back. */
const batches = 4;

/**
 * Hashes in a thread of its own, that all hashers of a process share: what passes is copied into batches, which go there and
 * come back. Less than one batch is not worth the way.
 */
export const openHasher = (name: HashName): Hasher => {
  const algorithm = nodeName[name];
  let batch: Buffer = Buffer.allocUnsafeSlow(batchBytes);
  let used = 0;
  let remote: Remote | undefined;
  let isClosed = false;

  const whole = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length;) {
      if (isClosed) throw letGo();
      if (used === batchBytes) {
        remote ??= openRemote(algorithm);
        batch = await remote.update(batch);
        used = 0;
      }
      const length = Math.min(chunk.length - at, batchBytes - used);
      batch.set(chunk.subarray(at, at + length), used);
      used += length;
      at += length;
    }
  };
  let before: Promise<void> | undefined;
  return {
    update: (chunk) => {
      if (before === undefined && used + chunk.length <= batchBytes) {
        batch.set(chunk, used);
        used += chunk.length;
        return undefined;
      }
      const mine = (before ?? Promise.resolve()).then(() => whole(chunk));
      before = mine;
      const clear = (): void => {
        if (before === mine) before = undefined;
      };
      mine.then(clear, () => undefined);
      return mine;
    },
    digest: async () => {
      await before;
      if (isClosed) throw letGo();
      const last = batch.subarray(0, used);
      return remote === undefined ? createHash(algorithm).update(last).digest('hex') : await remote.digest(last);
    },
    close: () => {
      isClosed = true;
      remote?.close();
    },
  };
};

const nodeName: { readonly [name in HashName]: string } = {
  sha512: 'sha512',
  sha384: 'sha384',
  sha256: 'sha256',
  sha1: 'sha1',
  md5: 'md5',
};

/** One hash in the thread. */
interface Remote {
  /** Sends a full batch, and answers an empty one as soon as there is one. */
  update(batch: Buffer): Promise<Buffer>;
  digest(last: Uint8Array): Promise<string>;
  close(): void;
}

type ToThread =
  | { readonly id: number; readonly kind: 'update'; readonly algorithm: string; readonly bytes: ArrayBuffer }
  | { readonly id: number; readonly kind: 'digest'; readonly algorithm: string; readonly bytes: Uint8Array }
  | { readonly id: number; readonly kind: 'close' };

type FromThread = { readonly id: number; readonly bytes: ArrayBuffer } | { readonly id: number; readonly hash: string };

/** Plain JavaScript in a string, so that a bundle of one file has it too. */
const source = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const hashes = new Map();
parentPort.on('message', ({ id, kind, algorithm, bytes }) => {
  if (kind === 'close') return void hashes.delete(id);
  const hash = hashes.get(id) ?? createHash(algorithm);
  hashes.set(id, hash);
  hash.update(new Uint8Array(bytes));
  if (kind === 'update') return parentPort.postMessage({ id, bytes }, [bytes]);
  hashes.delete(id);
  parentPort.postMessage({ id, hash: hash.digest('hex') });
});
`;

interface Listener {
  hear(message: FromThread): void;
  failed(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly listeners: Map<number, Listener>;
}

let thread: Thread | undefined;
let lastId = 0;

const startThread = (): Thread => {
  const listeners = new Map<number, Listener>();
  const worker = new Worker(source, { eval: true, name: 'hasher' });
  const started: Thread = { worker, listeners };
  const gone = (error: unknown): void => {
    if (thread === started) thread = undefined;
    for (const { failed } of listeners.values()) failed(error);
    listeners.clear();
  };
  worker.on('message', (message: FromThread) => listeners.get(message.id)?.hear(message));
  worker.on('error', gone);
  worker.on('exit', () => gone(new Error('the thread ended')));
  // A program that has nothing else to do may end.
  worker.unref();
  return started;
};

const openRemote = (algorithm: string): Remote => {
  const { worker, listeners } = (thread ??= startThread());
  const id = (lastId += 1);
  const free: Buffer[] = Array.from({ length: batches - 1 }, () => Buffer.allocUnsafeSlow(batchBytes));
  let wanted: PromiseWithResolvers<Buffer> | undefined;
  let digested: PromiseWithResolvers<string> | undefined;
  let failure: Failure | undefined;
  const leave = (): void => {
    listeners.delete(id);
    if (listeners.size === 0) worker.unref();
  };
  listeners.set(id, {
    hear: (message) => {
      if ('hash' in message) {
        leave();
        digested?.resolve(message.hash);
        return;
      }
      const batch = Buffer.from(message.bytes);
      const waiting = wanted;
      wanted = undefined;
      if (waiting === undefined) free.push(batch);
      else waiting.resolve(batch);
    },
    failed: (cause) => {
      failure = threadLost(cause);
      wanted?.reject(failure);
      digested?.reject(failure);
    },
  });
  worker.ref();
  const post = (message: ToThread, transferred: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(message, [...transferred]);
  return {
    update: async (batch) => {
      if (failure !== undefined) throw failure;
      const { buffer } = batch;
      if (!(buffer instanceof ArrayBuffer)) throw threadLost('shared memory');
      post({ id, kind: 'update', algorithm, bytes: buffer }, [buffer]);
      const next = free.pop();
      if (next !== undefined) return next;
      wanted = Promise.withResolvers();
      return await wanted.promise;
    },
    digest: async (last) => {
      if (failure !== undefined) throw failure;
      digested = Promise.withResolvers();
      post({ id, kind: 'digest', algorithm, bytes: last });
      return await digested.promise;
    },
    close: () => {
      if (!listeners.has(id)) return;
      post({ id, kind: 'close' });
      leave();
      wanted?.reject(letGo());
      digested?.reject(letGo());
    },
  };
};

const letGo = (): Failure =>
  new Failure('closed', 'cannot hash any further: it was let go of', { remedy: 'Copy it again.' });

const threadLost = (cause: unknown): Failure =>
  new Failure('hasher-lost', 'cannot hash what is copied: the thread that hashes ended', {
    disposition: 'retry',
    remedy: 'Try again; if it persists, look at the memory that this process may have.',
    cause,
  });
