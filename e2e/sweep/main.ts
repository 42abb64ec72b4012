/**
 * `npm run sweep [-- --json] [--type volume,image]`: kills the worker of every resource type at every await of its steps,
 * before and after it, and prints what came of it. The laws of the engine do it, as `npm test` does; here they are counted.
 */
import { resourceTypes } from '@osm/resources/all';
import { parseArgs } from 'node:util';
import type { SweepMeta } from '@osm/testing/engine-laws';
import { startVitest } from 'vitest/node';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, type: { type: 'string' } } });
const known = resourceTypes.map(({ type }) => type);
const wanted = values.type?.split(',') ?? known;
const strange = wanted.filter((type) => !known.includes(type));
if (strange.length > 0) {
  console.error(`no such type: ${strange.join(', ')}. Name some of: ${known.join(', ')}.`);
  process.exit(2);
}

const began = performance.now();
const run = await startVitest('test', ['src/contract.spec.ts'], {
  watch: false,
  // What they say is said below: the table goes to stdout alone.
  reporters: [],
  testNamePattern: `^(the data of )?(${wanted.join('|')}), on the engine, .*whatever (call its worker dies at|answer is lost)$`,
});
const modules = run.state.getTestModules();
const tests = modules
  .flatMap((module) => [...module.children.allTests()])
  .filter((test) => test.result().state !== 'skipped');
const errors = [
  ...modules.flatMap((module) => module.errors().map(({ message }) => message)),
  ...tests.flatMap((test) => (test.result().errors ?? []).map(({ message }) => `${test.fullName}: ${message}`)),
];
const swept = tests.flatMap((test) => {
  const { sweep } = test.meta();
  return sweep === undefined ? [] : [{ ...sweep, seconds: (test.diagnostic()?.duration ?? 0) / 1000 }];
});
await run.close();

type Row = SweepMeta & { readonly seconds: number };

/** What every type must have been killed at; a type with none of it is not one that passed. */
const works = ['migrate', 'lost answers', 'remove', 'roll back'];
const missing = wanted.flatMap((type) =>
  works
    .filter((work) => !swept.some((row) => row.type === type && row.work === work && row.cases > 0))
    .map((work) => `${type} has no sweep of: ${work}`),
);
const wrong = [...errors, ...missing];

const sum = (rows: readonly Row[]): Omit<Row, 'type' | 'work'> => {
  const of = (count: (row: Row) => number): number => rows.reduce((total, row) => total + count(row), 0);
  return {
    steps: of(({ steps }) => steps),
    awaits: of(({ awaits }) => awaits),
    cases: of(({ cases }) => cases),
    met: of(({ met }) => met),
    passed: of(({ passed }) => passed),
    seconds: Math.round(of(({ seconds }) => seconds) * 10) / 10,
  };
};
const types = wanted.map((type) => ({ type, ...sum(swept.filter((row) => row.type === type)) }));
const byWork = [...Map.groupBy(swept, ({ work }) => work)].map(([work, rows]) => ({ work, ...sum(rows) }));
const total = { ...sum(swept), wallSeconds: Math.round((performance.now() - began) / 100) / 10 };
const ok = wrong.length === 0 && total.cases > 0 && total.passed === total.cases && total.met === total.cases;

const line = (name: string, row: Omit<Row, 'type' | 'work'>): string => {
  const { steps, awaits, cases, passed, seconds } = row;
  const counts = [steps, awaits, cases, passed].map((count) => String(count).padStart(8)).join('');
  return `${name.padEnd(22)}${counts}${seconds.toFixed(1).padStart(9)}`;
};
if (values.json) {
  console.log(JSON.stringify({ ok, types, works: byWork, total, wrong }, null, 2));
} else {
  const head = ['steps', 'awaits', 'cases', 'passed'].map((word) => word.padStart(8)).join('');
  console.log(`${'type'.padEnd(22)}${head}${'seconds'.padStart(9)}`);
  for (const { type, ...row } of types) console.log(line(type, row));
  console.log();
  for (const { work, ...row } of byWork) console.log(line(work, row));
  console.log(`\n${line('all', total)}\nin ${total.wallSeconds} s`);
}
for (const message of wrong) console.error(message);
process.exitCode = ok ? 0 : 1;
