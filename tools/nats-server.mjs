/**
 * Prints the path of a nats-server: the one on PATH, else the one that apt can install. Exits 1 with the remedy when there
 * is neither.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Debian puts it into /usr/sbin, which is not on everybody's PATH. */
const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/local/sbin', '/usr/sbin'].filter(Boolean);

/** @param {string} name */
const find = (name) => folders.map((folder) => path.join(folder, name)).find(isExecutable);

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs apt-get with what it says sent to the error stream, for the output is the path alone.
 *
 * @param {readonly string[]} args
 */
function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
    env,
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
}

function install() {
  if (process.getuid?.() !== 0 || find('apt-get') === undefined) return undefined;
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'nats-server')
    ? find('nats-server')
    : undefined;
}

const found = find('nats-server') ?? install();
if (found === undefined) {
  console.error(
    'cannot find nats-server: it is not on PATH, and apt could not install it. Run `apt-get install nats-server` as root, ' +
      'or put the nats-server of https://nats.io on PATH (2.9.10 or newer).',
  );
  process.exit(1);
}
console.log(found);
