import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '@osm/kernel';
import type { Io } from './io.ts';

/** An `Io` whose words are also kept in a new file of this directory, named as the Python tool names its own. */
export const withLogFile = (io: Io, directory: string, now = new Date()): Io => {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').replace('Z', '');
  const file = path.join(directory, `openstack-migrate-${stamp}.log`);
  const keep = (text: string): void => appendFileSync(file, text, { mode: 0o600 });
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    keep('');
  } catch (error) {
    throw new Failure('bad-config-value', `cannot write to log_dir ${directory}: ${String(error)}`, {
      remedy: 'Name a directory that this user may write to, or leave log_dir out.',
      cause: error,
    });
  }
  return {
    ...io,
    out: (text) => {
      keep(text);
      io.out(text);
    },
    draw: (text) => (io.draw ?? io.out)(text),
    err: (text) => {
      keep(text);
      io.err(text);
    },
  };
};
