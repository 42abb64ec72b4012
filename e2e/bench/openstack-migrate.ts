import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { runNode } from './children.ts';

/** Where the product is to migrate, and how. */
export interface Setting {
  /** Entries of `clouds.yaml`. */
  readonly source: object;
  readonly destination: object;
  /** Further keys of the configuration file. */
  readonly policy: object;
}

/** What became of one resource. */
export interface Migrated {
  readonly destinationId: string;
  /** From the start of its plan to the end. */
  readonly seconds: number;
}

/** The product at the command line, with an event log of its own. */
export interface OpenstackMigrate {
  /** Migrates one resource. Raises, with what was printed, where it fails. */
  start(type: string, id: string): Promise<Migrated>;
  /** The same command again, when all is done. */
  again(type: string, id: string): Promise<void>;
  /** Forgets everything. */
  [Symbol.dispose](): void;
}

const program = path.resolve(import.meta.dirname, '../../dist/apps/cli/main.js');

/** Configures the product as people do, with files. It must be built. */
export const configure = ({ source, destination, policy }: Setting): OpenstackMigrate => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-bench-'));
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', forget);
  const file = (name: string, content: object): string => {
    const written = path.join(folder, name);
    writeFileSync(written, stringify(content), { mode: 0o600 });
    return written;
  };
  const config = file('config.yaml', {
    cloud_config_file: file('clouds.yaml', { clouds: { source, destination } }),
    source_cloud_name: 'source',
    destination_cloud_name: 'destination',
    data_directory: folder,
    ...policy,
  });
  const run = (...args: readonly string[]): Promise<string> => runNode(program, ['-c', config, ...args]);
  let heard = 0;
  const startOnce = (type: string, id: string): Promise<string> =>
    run('start', '--resource-type', type, '--include-dependencies', '--include-members', id);
  return {
    again: async (type, id) => void (await startOnce(type, id)),
    start: async (type, id) => {
      await startOnce(type, id);
      const lines = (await run('events', '-f', 'json', '--since', String(heard))).trim().split('\n');
      const events = lines.map((line) => JSON.parse(line) as Shown);
      heard = events.at(-1)?.position ?? heard;
      return migrated(events, type);
    },
    [Symbol.dispose]: () => {
      process.off('exit', forget);
      forget();
    },
  };
};

/** As much of a printed event as is read here. */
interface Shown {
  readonly position: number;
  readonly type: string;
  readonly at: string;
  readonly subject: string;
  readonly data: { readonly destinationId?: string };
}

const migrated = (events: readonly Shown[], type: string): Migrated => {
  const started = events.find((event) => event.type === 'PlanStarted');
  const ended = events.find((event) => event.type === 'PlanCompleted');
  const twins = events.filter((event) => event.type === 'ResourceMigrated' && event.subject.includes(`.${type}.`));
  const destinationId = twins.at(-1)?.data.destinationId;
  if (started === undefined || ended === undefined || destinationId === undefined) {
    throw new Error(`no event tells that a resource of type ${type} was migrated`);
  }
  return { destinationId, seconds: (Date.parse(ended.at) - Date.parse(started.at)) / 1000 };
};
