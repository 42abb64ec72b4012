import { Failure } from '@osm/kernel';
import { asRoot, runAsRoot } from './as-root.ts';
import type { CopyOrder } from './copier.ts';
import { inputOf, outputOf, type Judge } from './pipe-ends.ts';
import { tarRemedy } from './tar.ts';

/** From so many bytes on a file is worth being gone on with. */
export const largeFrom = 4 * 1024 * 1024;

/** What may not have reached the server when a copy broke off, and is sent again. */
const block = 64 * 1024;

/**
 * Whether a file is copied on its own. Those of several names go with their other names, and those whose names are no text
 * cannot be handed to a program.
 */
export const isLarge = ({ original }: Pick<CopyOrder, 'original'>, path: string): boolean => {
  const one = original.get(path);
  return one?.kind === 'f' && one.names === 1 && one.size >= largeFrom && textOf(path) !== undefined;
};

/** The mode of a file that is not complete, of which nobody but root may see anything. */
const half = '200';

/**
 * Copies a file of which a part may be there: what bears the sign of an unfinished copy is gone on with, anything else is
 * begun anew. That the part is still right is found by the comparison at the end. Returns the bytes moved.
 */
export const copyLargeFile = async (order: CopyOrder, path: string): Promise<number> => {
  const { from, to, original, copy, signal, already, total, move } = order;
  const [name, there, wanted] = [textOf(path), copy.get(path), original.get(path)];
  if (name === undefined || wanted === undefined) throw new TypeError('a file is copied that was not listed');
  const isHalf = there?.kind === 'f' && there.mode === half && there.owners === '0:0' && there.size <= wanted.size;
  const isGoneOnWith = isHalf && !order.differing.has(path);
  const start = isGoneOnWith ? Math.max(0, Math.floor(there.size / block) - 1) * block : 0;
  const [source, target] = [`${from}/${name}`, `${to}/${name}`];
  if (!isGoneOnWith) {
    const sign = ['-T', '--mode', half, '--owner', '0', '--group', '0', '/dev/null', target];
    await runAsRoot('install', sign, signal, tarRemedy(''));
  }
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const stop = (): void => ending.abort();
  const blocks = [
    'bs=256K',
    'iflag=fullblock,skip_bytes,count_bytes,nofollow',
    `skip=${start}`,
    `count=${wanted.size - start}`,
  ];
  const reading = asRoot('dd', [`if=${source}`, ...blocks, 'status=none'], both, ['ignore', 'pipe']);
  // Without notrunc it cuts the file off where it begins: no byte of before is behind a hole.
  const seek = ['bs=64K', 'iflag=fullblock', 'oflag=seek_bytes,nofollow', `seek=${start}`, 'conv=sparse'];
  const writing = asRoot('dd', [`of=${target}`, ...seek, 'status=none'], both, ['pipe', 'ignore']);
  let gone = false;
  try {
    const reader = outputOf({
      running: reading,
      stop,
      judge: (end) => {
        gone = isGone(end.complaint);
        if (!gone) judge('read', source)(end);
      },
    });
    const writer = inputOf({ running: writing, stop, judge: judge('write', target) });
    const { bytes } = await move(reader, writer, { signal, already: already + start, total });
    if (!gone) await complete(source, target, signal);
    return bytes;
  } finally {
    stop();
    // Who still runs holds what is unmounted next.
    await Promise.allSettled([reading.ended, writing.ended]);
  }
};

/** Gives the copy owners, mode, times, extended attributes and access control lists. */
const complete = async (source: string, target: string, signal: AbortSignal): Promise<void> => {
  const args = ['--attributes-only', '--preserve=all', '--no-dereference', '-T', source, target];
  const end = await asRoot('cp', args, signal).ended;
  if (!isGone(end.complaint)) judge('complete', target)(end);
};

/** What is gone since it was listed is no failure: the next listing tells. */
const isGone = (complaint: string): boolean => complaint.endsWith('No such file or directory');

const judge =
  (what: string, file: string): Judge =>
  ({ code, complaint }) => {
    if (code === 0) return;
    throw new Failure('copy-failed', `cannot ${what} ${file}: ${complaint || `dd ended with ${String(code)}`}`, {
      remedy: tarRemedy(complaint),
    });
  };

/** A path as text; undefined where its bytes are none. */
const textOf = (path: string): string | undefined => {
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
};
