import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** The journeys start programs as people do: the bundles, of the sources as they are now. */
export const setup = async (): Promise<void> => {
  const root = path.resolve(import.meta.dirname, '..');
  await promisify(execFile)(process.execPath, [path.join(root, 'tools/build.mjs')], { cwd: root });
};
