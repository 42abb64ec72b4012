/**
 * What CI runs, to the letter: one stage after the other, each an npm script, until one fails.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './osm-imports.mjs';

const stages = ['format:check', 'lint', 'typecheck', 'unit', 'build', 'docs:check'];

/** @type {{ scripts: Record<string, string> }} */
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const env = { ...process.env, PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}` };
const seconds = (/** @type {number} */ since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const started = performance.now();
// Installed where that is possible; where it is not, the suites that want it are skipped by name, and here it says why.
spawnSync('node', [path.join(root, 'tools/nats-server.mjs')], { env, stdio: ['ignore', 'ignore', 'inherit'] });
let passed = 0;
for (const stage of stages) {
  const command = scripts[stage] ?? '';
  console.log(`\n== ${stage}: ${command}`);
  const began = performance.now();
  const { status, signal } = spawnSync(command, { cwd: root, env, shell: true, stdio: 'inherit' });
  if (status !== 0) {
    console.log(`== ${stage} failed after ${seconds(began)} (${signal ?? `exit ${status}`}); alone: npm run ${stage}`);
    break;
  }
  passed += 1;
  console.log(`== ${stage} passed in ${seconds(began)}`);
}

const failed = passed < stages.length ? 1 : 0;
console.log(`\nall in ${seconds(started)}\nstages: ${passed} passed, ${failed} failed`);
process.exit(failed);
