/** `npm run bench -- NAME [--quick] [--json] [--rounds N]`: see docs/how-to/benchmarks.md. */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, Figures } from './bench.ts';
import { calls } from './calls.ts';
import { imageFleet } from './image-fleet.ts';
import { imageMemory } from './image-memory.ts';
import { imageStream } from './image-stream.ts';
import { log } from './log.ts';
import { objects } from './objects.ts';
import { start } from './start.ts';
import { throttle } from './throttle.ts';
import { volumeSparse } from './volume-sparse.ts';

const benches: readonly Bench[] = [
  imageStream,
  imageFleet,
  imageMemory,
  volumeSparse,
  objects,
  calls,
  start,
  throttle,
  log,
];

const usage = (): string =>
  [
    'npm run bench -- NAME [--quick] [--json] [--rounds N]',
    ...benches.map((each) => `  ${each.name.padEnd(14)} ${each.summary}`),
  ].join('\n');

const rounded = (value: number): number => Number(value.toPrecision(4));

const table = ({ sides, keys }: Figures): string => {
  const header = ['side', 'figure', 'min', 'median', 'max'];
  const rows = Object.entries(sides).flatMap(([side, figures]) =>
    Object.entries(figures).map(([figure, { min, median, max }]) => [
      side,
      figure,
      ...[min, median, max].map((value) => String(rounded(value))),
    ]),
  );
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const lines = [header, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [...lines, '', ...Object.entries(keys).map(([key, value]) => `${key}: ${rounded(value)}`)].join('\n');
};

interface Wanted {
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: boolean;
}

const run = async (bench: Bench, { rounds, quick, json }: Wanted): Promise<number> => {
  const [startedMs, before] = [performance.now(), loadavg()];
  const figures = await bench.run({ rounds, quick, tell: (line) => process.stderr.write(`${line}\n`) });
  const load = { before, after: loadavg() };
  if (json) {
    const seconds = rounded((performance.now() - startedMs) / 1000);
    const { sides, keys, missed } = figures;
    console.log(JSON.stringify({ name: bench.name, rounds, ...keys, missed, sides, loadavg: load, seconds }));
  } else {
    console.log(
      `\n${table(figures)}\nload of the machine: ${before[0]?.toFixed(1)} before, ${load.after[0]?.toFixed(1)} after`,
    );
  }
  for (const sentence of figures.missed) console.error(`${bench.name}: ${sentence}`);
  return figures.missed.length === 0 ? 0 : 1;
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
});
const bench = benches.find(({ name }) => name === positionals[0]);
const { quick, json } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 5));
if (bench === undefined || !Number.isInteger(rounds) || rounds < 1) {
  console.error(usage());
  process.exitCode = 2;
} else {
  process.exitCode = await run(bench, { rounds, quick, json });
}
