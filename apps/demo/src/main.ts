import { Failure, failureRecord } from '@osm/kernel';
import { parseArgs } from 'node:util';
import { processIo, type Io } from '../../cli/src/io.ts';
import { demo } from './demo.ts';
import { runClouds } from './run-clouds.ts';
import { serveClouds } from './serve-clouds.ts';

const usage = `\
npm run demo   [-- --json] [--keep]                             moves a tenant between two clouds and proves it
npm run clouds [-- --port N] [--latency MS] [--seed tenant]     runs two clouds to try things on
`;

const options = {
  json: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  latency: { type: 'string', default: '0' },
  seed: { type: 'string' },
} as const;

const main = async (io: Io): Promise<number> => {
  const { values, positionals } = readArguments();
  const [command = 'demo', folder = '', demoPid = ''] = positionals;
  if (values.help) {
    io.out(usage);
    return 0;
  }
  if (command === 'demo') return demo({ json: values.json, keep: values.keep, folder: '.demo' }, io);
  if (command === 'serve-clouds') await serveClouds(folder, Number(demoPid));
  else if (command === 'clouds') await clouds(values, io);
  else throw wrongUse(`there is no command ${command}`);
  return 0;
};

const readArguments = () => {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw wrongUse(failureRecord(error).message);
  }
};

interface Values {
  readonly port: string;
  readonly latency: string;
  readonly seed?: string | undefined;
}

const clouds = async ({ port, latency, seed }: Values, io: Io): Promise<void> => {
  if (seed !== undefined && seed !== 'tenant') throw wrongUse('--seed takes: tenant');
  await runClouds({
    port: numberOf('--port', port),
    latencyMs: numberOf('--latency', latency),
    tenant: seed === 'tenant',
    folder: '.clouds',
    stop: io.interrupted,
    say: (line) => io.out(`${line}\n`),
  });
};

const numberOf = (option: string, text: string): number => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_534) return Number(text);
  throw wrongUse(`${option} takes a number up to 65534`);
};

const wrongUse = (message: string): Failure => new Failure('wrong-use', message, { remedy: usage.trimEnd() });

const io = processIo();
try {
  process.exitCode = await main(io);
} catch (error) {
  const { code, message, remedy } = failureRecord(error);
  io.err(`${message}\n${remedy}\n`);
  process.exitCode = code === 'wrong-use' ? 2 : 1;
}
