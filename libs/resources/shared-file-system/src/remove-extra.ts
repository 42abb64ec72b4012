import { Failure } from '@osm/kernel';
import { once } from 'node:events';
import { asRoot } from './as-root.ts';

/** Removes paths below a directory, each beginning with `./`, one byte a character: what only the copy has. */
export const removeExtra = async (directory: string, paths: readonly string[], signal: AbortSignal): Promise<void> => {
  if (paths.length === 0) return;
  const { child, ended } = asRoot('env', [`--chdir=${directory}`, 'xargs', '-0', 'rm', '-rf', '--'], signal, [
    'pipe',
    'ignore',
  ]);
  if (child.stdin === null) throw new TypeError('xargs runs without a pipe');
  child.stdin.end(Buffer.from(paths.join('\0'), 'latin1'));
  await once(child.stdin, 'close');
  const { code, complaint } = await ended;
  if (code === 0) return;
  throw new Failure('copy-failed', `cannot remove what only the copy has: ${complaint || `exit ${String(code)}`}`, {
    remedy: 'Look at the share at the destination, then retry.',
  });
};
