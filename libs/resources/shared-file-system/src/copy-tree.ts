import { Failure } from '@osm/kernel';
import type { Readable, Writable } from 'node:stream';
import { asRoot, type Running } from './as-root.ts';
import { archive, restore, tarRemedy } from './tar.ts';

/**
 * Copies a directory into another: one GNU tar reads, another one writes, and the bytes flow through here, counted.
 * Modes, owners, times, links of both kinds, extended attributes, access control lists and holes come along; nothing is
 * kept in between. Entries that are there already are replaced; further ones stay. Returns the bytes of the stream.
 *
 * Why tar: Node has no calls for extended attributes, access control lists and holes, every Linux has GNU tar, and unlike
 * rsync it is one stream, which can be metered here and has to be read only once.
 */
export const copyTree = async (
  from: string,
  to: string,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<number> => {
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const reader = asRoot('tar', [...archive(from), '--sparse', '.'], both, ['ignore', 'pipe']);
  const writer = asRoot('tar', restore(to), both, ['pipe', 'ignore']);
  const { stdout } = reader.child;
  const { stdin } = writer.child;
  if (stdout === null || stdin === null) throw new TypeError('tar runs without pipes');
  try {
    const flow = pump(stdout, stdin, progress);
    // Failures of the pipe are told better by the two at its ends.
    flow.catch(() => undefined);
    await mustSucceed(writer, 'write to', to, [0]);
    // 1: something changed under its hands. The comparison tells whether it did.
    await mustSucceed(reader, 'read', from, [0, 1]);
    return await flow;
  } finally {
    ending.abort();
  }
};

/** Hands on what is read, as fast as it is written. What a writer no more wants is read to its end all the same. */
const pump = async (from: Readable, to: Writable, progress: (bytes: number) => void): Promise<number> => {
  let bytes = 0;
  to.on('error', () => to.destroy());
  for await (const chunk of from) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a pipe gives no bytes');
    bytes += chunk.length;
    progress(bytes);
    if (!to.destroyed && !to.write(chunk)) await untilTaken(to);
  }
  to.end();
  return bytes;
};

/** A pipe takes more once it has drained, and nothing once it is closed. */
const untilTaken = (to: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      to.off('drain', done).off('close', done);
      resolve();
    };
    to.on('drain', done).on('close', done);
  });

const mustSucceed = async (tar: Running, what: string, directory: string, codes: readonly number[]): Promise<void> => {
  const { code, complaint } = await tar.ended;
  if (code !== null && codes.includes(code)) return;
  throw new Failure('copy-failed', `cannot ${what} ${directory}: ${complaint || `tar ended with ${String(code)}`}`, {
    remedy: tarRemedy(complaint),
  });
};
