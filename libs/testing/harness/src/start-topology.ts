import type { EventLog } from '@osm/event-log';
import { readSettings, type Asker } from '@osm/platform';
import type { Policy } from '@osm/resource';
import { resourceTypes } from '@osm/resources/all';
import { allModules, boot, openPorts } from '@osm/runtime';
import { startNatsServer } from '@osm/testing/nats-server';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { bundleOf, startProcess, type ServiceProcess } from './service-process.ts';

/** The two ways to run: everything in one process, or one process for each service with NATS in between. */
export type TopologyKind = 'embedded' | 'nats';

export interface TopologyOptions {
  readonly cloudsYaml: string;
  readonly route: { readonly source: string; readonly destination: string };
  readonly dataDirectory: string;
  readonly policy: Partial<Policy>;
  /** Further keys of the configuration file. */
  readonly settings?: { readonly [key: string]: string | number | boolean };
}

/** The system at work, from outside: it takes requests and tells what happens. */
export interface Topology {
  readonly kind: TopologyKind;
  readonly asker: Asker;
  readonly log: EventLog;
  /** The policy of its configuration, as plans are asked for with it. */
  readonly policy: Policy;
  /** The processes beside this one. */
  readonly processes: readonly ServiceProcess[];
  close(): Promise<void>;
}

/** Starts the system as a stranger would: with a configuration file and nothing else. */
export const startTopology = (kind: TopologyKind, options: TopologyOptions): Promise<Topology> =>
  kind === 'embedded' ? startEmbedded(options) : startOnNats(options);

/** Writes the configuration file of a topology; returns its path. */
export const writeConfig = (options: TopologyOptions, eventLog: string): string => {
  mkdirSync(options.dataDirectory, { recursive: true });
  const file = path.join(options.dataDirectory, 'config.yaml');
  const settings = {
    cloud_config_file: options.cloudsYaml,
    source_cloud_name: options.route.source,
    destination_cloud_name: options.route.destination,
    data_directory: options.dataDirectory,
    event_log: eventLog,
    actor: 'e2e',
    ...options.policy,
    ...options.settings,
  };
  writeFileSync(file, stringify(settings));
  return file;
};

const startEmbedded = async (options: TopologyOptions): Promise<Topology> => {
  const settings = await readSettings({ env: process.env, file: writeConfig(options, 'embedded:') });
  const open = await openPorts(settings);
  const running = await boot(open, allModules, { quiet: true });
  const { log } = open.ports;
  return {
    kind: 'embedded',
    asker: running.asker,
    log,
    policy: settings.policy,
    processes: [],
    close: () => running.close(),
  };
};

const startOnNats = async (options: TopologyOptions): Promise<Topology> => {
  const nats = await startNatsServer();
  const processes: ServiceProcess[] = [];
  const kill = async (): Promise<void> => {
    await Promise.all(processes.map((each) => each.kill()));
    await nats.stop();
  };
  try {
    const file = writeConfig(options, nats.url);
    // One that fails to start must not hide those that did: they are to be ended.
    const started = await Promise.allSettled(
      apps().map(async (name) => {
        const env = { OPENSTACK_MIGRATE_CONFIG: file };
        processes.push(await startProcess({ name, args: [bundleOf(name)], env, ready: /"state":"ready"/ }));
      }),
    );
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    const settings = await readSettings({ env: process.env, file });
    const open = await openPorts(settings);
    const client = await boot(open, [], { quiet: true });
    return {
      kind: 'nats',
      asker: client.asker,
      log: open.ports.log,
      policy: settings.policy,
      processes,
      close: async () => {
        await client.close();
        const stopped = await Promise.allSettled(processes.map((each) => each.stop()));
        await nats.stop();
        for (const each of stopped) if (each.status === 'rejected') throw each.reason;
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
};

/** The services that a migration of this build's types needs. */
const apps = (): readonly string[] => {
  const migrators = new Set(resourceTypes.map(({ api }) => `migrator-${api.service}`));
  return ['discovery', 'planner', 'registry', 'data-transfer', ...migrators];
};
