/**
 * Plays the whole system in virtual time, seed by seed: `npm run simulate -- --seeds 1000`. docs/explanation/simulation.md
 * tells what is played, and how a seed that fails is read.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { mutants } from '../libs/testing/simulation/src/mutants.ts';
import { buildSimulation } from './simulation.mjs';

export { mutants };

/**
 * What one seed came to, as a line of the worker's output says it.
 *
 * @typedef {{ seed: number, violations: string[], entries: number, events: number, resources: number, milliseconds: number }} Played
 */

/**
 * What became of the hunt for one bug.
 *
 * @typedef {{ bug: string, why: string, caught: boolean, seeds: number, seed: number | undefined, what: string | undefined }} Hunted
 */

/** The two cores of a small machine. */
const workers = 2;

/** Seeds that a bug may take until it must have been caught. */
const budget = 400;

/**
 * Plays seeds in a process of its own, and hands on every line that it prints; `undefined` stands for its end.
 *
 * @param {string} file
 * @param {readonly (string | number)[]} words
 * @param {(line: string) => void} hear
 */
async function play(file, words, hear) {
  const child = spawn(process.execPath, [file, ...words.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) hear(line);
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
  if (code !== 0) throw new Error(`a process that played seeds ended with ${code}`);
}

/**
 * Plays so many seeds, by turns, on all cores.
 *
 * @param {string} file
 * @param {number} from
 * @param {number} seeds
 * @param {(played: Played) => void} hear
 */
export async function playAll(file, from, seeds, hear) {
  const shares = Array.from({ length: Math.min(workers, seeds) }, (_, at) => at);
  await Promise.all(
    shares.map((at) => {
      const count = Math.ceil((seeds - at) / shares.length);
      return play(file, [from + at, count, shares.length], (line) => hear(JSON.parse(line)));
    }),
  );
}

/**
 * Plays seeds against a bug until one of them notices; answers which seed, and how many it took.
 *
 * @param {import('../libs/testing/simulation/src/mutants.ts').Mutant} mutant
 * @param {number} from
 * @param {number} most
 * @returns {Promise<Hunted>}
 */
export async function hunt(mutant, from, most) {
  const file = await buildSimulation(mutant);
  /** @type {Played[]} */
  const played = [];
  await play(file, [from, most, 1, 'until-caught'], (line) => played.push(JSON.parse(line)));
  const last = played.at(-1);
  const what = last?.violations[0];
  return {
    bug: mutant.name,
    why: mutant.why,
    caught: what !== undefined,
    seeds: played.length,
    seed: last?.seed,
    what,
  };
}

/**
 * Hunts several bugs, as many at a time as there are cores.
 *
 * @param {readonly import('../libs/testing/simulation/src/mutants.ts').Mutant[]} wanted
 * @param {number} from
 * @param {number} most
 * @param {(hunted: Hunted) => void} hear
 */
export async function huntAll(wanted, from, most, hear) {
  const left = [...wanted];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) hear(await hunt(mutant, from, most));
    }),
  );
}

/** The trace of one seed, to the byte the same every time. */
export async function traceOf(/** @type {string} */ file, /** @type {number} */ seed) {
  /** @type {string[]} */
  const lines = [];
  await play(file, [seed, 1, 1, 'trace'], (line) => lines.push(line));
  return lines;
}

async function main() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      bug: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const from = Number(values.from);
  const say = (/** @type {string} */ text) => void (values.json || console.log(text));
  const chosen =
    values.bug === undefined ? [] : mutants.filter(({ name }) => values.bug === 'all' || name === values.bug);
  if (values.bug !== undefined && chosen.length === 0) {
    throw new Error(`there is no bug ${values.bug}; there are ${mutants.map(({ name }) => name).join(', ')}`);
  }
  if (values.seed !== undefined) return showSeed(Number(values.seed), chosen[0]);
  if (chosen.length > 0)
    return showHunt(chosen, from, values.seeds === '1000' ? budget : Number(values.seeds), values.json, say);
  return showSeeds(from, Number(values.seeds), values.json, say);
}

/**
 * @param {number} seed
 * @param {import('../libs/testing/simulation/src/mutants.ts').Mutant | undefined} mutant
 */
async function showSeed(seed, mutant) {
  const lines = await traceOf(await buildSimulation(mutant), seed);
  for (const line of lines.slice(0, -1)) console.log(line);
  /** @type {Played} */
  const { violations, entries, events, resources } = JSON.parse(lines.at(-1) ?? '{}');
  console.log(`seed ${seed}: ${resources} resources, ${events} events, ${entries} entries of virtual time`);
  for (const what of violations) console.log(`VIOLATION: ${what}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

/**
 * @param {readonly import('../libs/testing/simulation/src/mutants.ts').Mutant[]} chosen
 * @param {number} from
 * @param {number} most
 * @param {boolean} json
 * @param {(text: string) => void} say
 */
async function showHunt(chosen, from, most, json, say) {
  /** @type {Hunted[]} */
  const bugs = [];
  await huntAll(chosen, from, most, (hunted) => {
    bugs.push(hunted);
    const { bug, caught, seeds, seed, what } = hunted;
    say(caught ? `${bug}: caught by seed ${seed}, the ${seeds}. one: ${what}` : `${bug}: NOT caught by ${seeds} seeds`);
  });
  const missed = bugs.filter(({ caught }) => !caught);
  say(`${bugs.length - missed.length} of ${bugs.length} bugs caught`);
  if (json) console.log(JSON.stringify({ bugs }));
  process.exitCode = missed.length > 0 ? 1 : 0;
}

/**
 * @param {number} from
 * @param {number} seeds
 * @param {boolean} json
 * @param {(text: string) => void} say
 */
async function showSeeds(from, seeds, json, say) {
  const began = performance.now();
  /** @type {Played[]} */
  const failed = [];
  let played = 0;
  let events = 0;
  await playAll(await buildSimulation(), from, seeds, (result) => {
    played += 1;
    events += result.events;
    if (result.violations.length > 0) failed.push(result);
    for (const what of result.violations) say(`seed ${result.seed}: ${what}`);
    if (played % 1000 === 0) say(`${played} of ${seeds} seeds played`);
  });
  const seconds = (performance.now() - began) / 1000;
  say(`${played} seeds, ${events} events, ${failed.length} with a violation, in ${seconds.toFixed(1)} s`);
  for (const { seed } of failed.slice(0, 10)) say(`read it with: npm run simulate -- --seed ${seed}`);
  if (json) console.log(JSON.stringify({ seeds: played, from, events, seconds, violations: failed }));
  process.exitCode = failed.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) await main();
