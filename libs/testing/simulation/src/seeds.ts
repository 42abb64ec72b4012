import { Logger } from '@nestjs/common';
import { chanceOf } from './chance.ts';
import { compareRegistries } from './registry-twin.ts';
import { runSeed } from './run-seed.ts';
import type { Stage } from './stage.ts';

/**
 * The program of one worker process: plays seeds, and prints a line of JSON for each that it has played. Arguments: the first
 * seed, how many, the step from one to the next, and `trace` where every line of the trace is to be printed before.
 */
const [first = '0', count = '1', stride = '1', mode = ''] = process.argv.slice(2);
let tell: ((line: string) => void) | undefined;
const lines: string[] = [];
if (mode === 'trace') tell = (line) => void lines.push(line);
const say = (...words: readonly unknown[]): void => tell?.(`           log            ${words.map(String).join(' ')}`);
Logger.overrideLogger({ log: say, warn: say, error: say, debug: say, verbose: say, fatal: say });

for (let n = 0; n < Number(count); n++) {
  const seed = Number(first) + n * Number(stride);
  const began = process.hrtime.bigint();
  // Every fourth time the registry is made of the log too, twice.
  const check = ({ shared }: Stage): readonly string[] =>
    seed % 4 === 0 ? compareRegistries(shared.events, chanceOf(seed)) : [];
  const result = await runSeed(seed, tell, check);
  const milliseconds = Number(process.hrtime.bigint() - began) / 1e6;
  for (const line of lines.splice(0)) console.log(line);
  console.log(JSON.stringify({ ...result, milliseconds }));
  if (result.violations.length > 0 && mode === 'until-caught') break;
}
