#!/usr/bin/env node
// Finds a Node that is new enough, then runs the built program. This file alone must be readable for old Nodes (12.20 on):
// no optional chaining, no top-level await, no `node:` imports.
import { spawn } from 'child_process';
import { existsSync } from 'fs';
import path from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const needed = 24;
// Tells the second process that it is the second, so that a wrong Node in node_modules cannot make it start for ever.
const again = 'OPENSTACK_MIGRATE_NODE';
const here = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(here), '../../..');

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= needed;
}

/**
 * Runs the same command with another Node, and ends as it ends.
 *
 * @param {string} node
 */
function runWith(node) {
  const child = spawn(node, process.execArgv.concat(here, process.argv.slice(2)), {
    env: Object.assign({}, process.env, { [again]: node }),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to both processes itself, and a second one would mean "stop at once".
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', terminal ? () => undefined : pass);
  process.on('SIGTERM', pass);
  process.on('SIGHUP', pass);
  child.on('error', (error) => fail('cannot run ' + node + ': ' + error.message));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The first process may be killed without a word; the second must not go on alone. */
function endWithParent() {
  delete process.env[again];
  if (process.channel === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

function start() {
  const main = path.join(root, 'dist/apps/cli/main.js');
  if (!existsSync(main)) fail('cannot start openstack-migrate: it is not built. Run `npm run build` in ' + root + '.');
  endWithParent();
  import(pathToFileURL(main).href).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

const bundled = path.join(root, 'node_modules/.bin/node');
if (isNewEnough()) start();
else if (process.env[again] === undefined && existsSync(bundled)) runWith(bundled);
else {
  fail(
    'cannot start openstack-migrate: it needs Node.js ' +
      needed +
      ' and this is ' +
      process.versions.node +
      '. ' +
      'Install Node.js ' +
      needed +
      ', or run `npm ci` in ' +
      root +
      ', which brings it along.',
  );
}
