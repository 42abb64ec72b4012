import { Failure } from '@osm/kernel';
import { asRoot } from './as-root.ts';
import type { CopyOrder } from './copier.ts';
import { inputOf, outputOf, type Judge } from './pipe-ends.ts';
import { archive, restore, tarRemedy } from './tar.ts';

/** Copies entries, none of what is below a directory unless it is named, from one tar to another. Returns the bytes moved. */
export const copyEntries = async ({
  from,
  to,
  paths,
  signal,
  move,
  already,
  total,
}: Pick<CopyOrder, 'from' | 'to' | 'paths' | 'signal' | 'move' | 'already' | 'total'>): Promise<number> => {
  if (paths.length === 0) return 0;
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const stop = (): void => ending.abort();
  const named = ['--sparse', '--no-recursion', '--null', '--verbatim-files-from', '--files-from=-'];
  const reading = asRoot('tar', [...archive(from), ...named], both, ['pipe', 'pipe']);
  const writing = asRoot('tar', restore(to), both, ['pipe', 'ignore']);
  const { stdin } = reading.child;
  if (stdin === null) throw new TypeError('tar runs without a pipe');
  stdin.on('error', () => stdin.destroy());
  stdin.end(Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'));
  try {
    const reader = outputOf({ running: reading, judge: judge('read', from, true), stop });
    const writer = inputOf({ running: writing, judge: judge('write to', to, false), stop });
    return (await move(reader, writer, { signal, already, total })).bytes;
  } finally {
    stop();
    // Who still runs holds what is unmounted next.
    await Promise.allSettled([reading.ended, writing.ended]);
  }
};

/** What goes away or changes under a reader's hands is no failure: the next listing tells. */
const passing =
  /: (file changed as we read it|[Ff]ile removed before we read it|File shrank by \d+ bytes.*|Cannot \w+: No such file or directory)$|^tar: Exiting with failure status|^tar: Error is not recoverable: exiting now/;

const judge =
  (what: string, directory: string, reads: boolean): Judge =>
  ({ code, complaint }) => {
    if (code === 0 || (reads && code === 1)) return;
    const isGone = complaint !== '' && complaint.split('\n').every((line) => passing.test(line));
    if (reads && code === 2 && isGone && !complaint.includes(`tar: ${directory}: `)) return;
    throw new Failure('copy-failed', `cannot ${what} ${directory}: ${complaint || `tar ended with ${String(code)}`}`, {
      remedy: tarRemedy(complaint),
    });
  };
