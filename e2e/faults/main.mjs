/** `npm run faults [-- --json] [--only 1,7]`: brings about every row of the fault matrix and tells what came of it. */
import { readdirSync } from 'node:fs';
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

const tests = run?.state.getTestModules().flatMap((module) => [...module.children.allTests()]) ?? [];
const cases = wanted.map((id) => {
  const test = tests.find((each) => each.meta().fault?.id === id);
  const meta = test?.meta().fault;
  const result = test?.result();
  const failure = result?.errors?.[0]?.message;
  return {
    id,
    fault: meta?.fault ?? '',
    expected: meta?.expected ?? '',
    got: failure ?? meta?.got ?? (result === undefined ? 'there is no such row' : `it was ${result.state}`),
    ok: result?.state === 'passed' && meta?.got !== undefined,
    seconds: Math.round((test?.diagnostic()?.duration ?? 0) / 100) / 10,
  };
});
const broken = run?.state.getTestModules().flatMap((module) => module.errors().map(({ message }) => message)) ?? [];
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
