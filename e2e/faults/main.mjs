/** `npm run faults [-- --json] [--only 1,7]`: brings about every row of the fault matrix and tells what came of it. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

/** As many as the matrix has: a row that nobody has written is not a row that passed. */
const rows = 30;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const wanted = values.only?.split(',').map(Number) ?? Array.from({ length: rows }, (_, at) => at + 1);

const numberOf = (/** @type {string} */ file) => Number(/^\d+/.exec(file)?.[0]);
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.spec.ts'));
const filters = files.filter((file) => wanted.includes(numberOf(file))).map((file) => `e2e/faults/${file}`);

/** The table goes to stdout alone. */
const reporters = values.json ? [] : ['default'];
const run =
  filters.length === 0 ? undefined : await startVitest('test', filters, { mode: 'faults', watch: false, reporters });

const modules = run?.state.getTestModules() ?? [];
const tests = modules.flatMap((module) => [...module.children.allTests()]);

/** Why a row has no outcome of its own: its file does not load, its process ended, or nobody has written it. */
const withoutOutcome = (/** @type {number} */ id) => {
  const module = modules.find(({ relativeModuleId }) => numberOf(path.basename(relativeModuleId)) === id);
  if (module === undefined) return 'there is no such row';
  return module.errors()[0]?.message ?? 'its process ended before it did';
};

const cases = wanted.map((id) => {
  const test = tests.find((each) => each.meta().fault?.id === id);
  const meta = test?.meta().fault;
  const result = test?.result();
  const failure = result?.errors?.[0]?.message;
  return {
    id,
    fault: meta?.fault ?? '',
    expected: meta?.expected ?? '',
    got: failure ?? meta?.got ?? (result?.state === 'skipped' ? 'it was skipped' : withoutOutcome(id)),
    ok: result?.state === 'passed' && meta?.got !== undefined,
    seconds: Math.round((test?.diagnostic()?.duration ?? 0) / 100) / 10,
  };
});
/** What went wrong beside the rows: a promise that nobody waited for, a process that was killed. */
const broken = [...modules.flatMap((module) => module.errors()), ...(run?.state.getUnhandledErrors() ?? [])].map(
  (error) => (error instanceof Object && 'message' in error ? error.message : String(error)),
);
await run?.close();

const good = cases.filter(({ ok }) => ok).length;
if (values.json) {
  console.log(JSON.stringify({ cases }, null, 2));
} else {
  for (const { id, fault, expected, got, ok, seconds } of cases) {
    console.log(
      `${ok ? 'ok  ' : 'FAIL'} ${String(id).padStart(2)}  ${fault}\n         expected: ${expected}\n         got:      ${got} (${seconds} s)`,
    );
  }
  console.log(`\n${good} of ${cases.length}`);
}
for (const message of broken) console.error(message);
process.exitCode = good === cases.length && broken.length === 0 ? 0 : 1;
