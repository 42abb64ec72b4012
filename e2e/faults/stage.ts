import type { CommandQueue, EventLog } from '@osm/event-log';
import { readSettings, type Asker } from '@osm/platform';
import type { Policy } from '@osm/resource';
import { boot, openPorts } from '@osm/runtime';
import {
  bundleOf,
  migrate,
  openFakeClouds,
  scan,
  startProcess,
  writeConfig,
  type Clouds,
  type Outcome,
  type ServiceProcess,
  type Wanted,
} from '@osm/testing/harness';
import { startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { photograph } from '@osm/testing/tenant';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { givenShop, shopTypes, type Shop, type ShopOptions } from './given-shop.ts';

/** The services that a shop needs, one process each. */
export const shopServices = [
  ...(['discovery', 'planner', 'registry', 'data-transfer'] as const),
  ...(['migrator-identity', 'migrator-network', 'migrator-image'] as const),
] as const;

export type ServiceApp = (typeof shopServices)[number];

export interface StageOptions {
  readonly shop?: ShopOptions;
  readonly policy?: Partial<Policy>;
  /** Further keys of the configuration file. */
  readonly settings?: { readonly [key: string]: string | number | boolean };
  readonly latencyMs?: number;
}

/** Two fake clouds, a shop in the first of them, and a configuration: what every row begins with. */
export interface Scene extends AsyncDisposable {
  readonly clouds: Clouds;
  readonly shop: Shop;
  /** The whole shop, as a person asks for it. */
  readonly wanted: Wanted;
  readonly dataDirectory: string;
  /** The shop at the source as it was before anything happened. */
  readonly before: readonly unknown[];
  /** Has something closed at the end, last first. */
  defer(close: () => Promise<void>): void;
  /** Writes a configuration file for an event log; its path. */
  configure(eventLog: string, more?: StageOptions['settings'], dataDirectory?: string): string;
  /** Runs the command of people with a configuration, as a process. */
  command(config: string, ...args: readonly string[]): Promise<ServiceProcess>;
}

const openScenes = new Set<() => Promise<void>>();

/** Closes what a row has left open that was given up in the middle: its time was over, and it goes on waiting. */
export const closeScenes = async (): Promise<void> => {
  for (const close of openScenes) await close();
};

/** Opens the clouds and fills the source. */
export const openScene = async (options: StageOptions = {}): Promise<Scene> => {
  const clouds = await openFakeClouds({ latencyMs: options.latencyMs ?? 2 });
  const closing = [clouds.close];
  const close = async (): Promise<void> => {
    openScenes.delete(close);
    for (const each of closing.toReversed()) await each();
  };
  openScenes.add(close);
  try {
    const shop = await givenShop(clouds.source.admin, 'shop-', options.shop);
    const { route, cloudsYaml, folder } = clouds;
    const dataDirectory = path.join(folder, 'data');
    const { policy = {} } = options;
    return {
      clouds,
      shop,
      wanted: {
        route,
        roots: [{ type: 'domain', id: shop.domainId }],
        include: { needs: true, members: true },
        types: shopTypes,
      },
      dataDirectory,
      before: await photograph(clouds.source.admin, shop.prefix),
      defer: (each) => void closing.push(each),
      configure: (eventLog, more = {}, directory = dataDirectory) => {
        mkdirSync(directory, { recursive: true });
        // Short, so that a row is: whoever takes over from a dead worker waits for both.
        const settings = { settle_seconds: 0.5, lease_seconds: 5, ...options.settings, ...more };
        return writeConfig({ cloudsYaml, route, dataDirectory: directory, policy, settings }, eventLog);
      },
      command: (config, ...args) =>
        startProcess({ name: args.join(' '), args: [bundleOf('cli'), '--config', config, ...args], env: {} }),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The services as processes on a real nats-server, and this process as somebody who asks them. */
export interface Stage extends Scene {
  readonly nats: NatsServer;
  readonly asker: Asker;
  readonly log: EventLog;
  readonly queue: CommandQueue;
  readonly policy: Policy;
  /** The configuration file of the services. */
  readonly config: string;
  /** The process of a service, as it is now. Raises where it was never started. */
  service(app: ServiceApp): ServiceProcess;
  /** Starts a service, or one more process of it, beside or instead of one that was killed. */
  start(app: ServiceApp, env?: { readonly [name: string]: string }): Promise<ServiceProcess>;
  /** Scans the source and runs a plan of the whole shop to its end. */
  migrate(): Promise<Outcome>;
  /** Scans the source. */
  scan(): Promise<void>;
}

export interface NatsStageOptions extends StageOptions {
  /** Services that are not started at first. */
  readonly without?: readonly ServiceApp[];
  /** Where NATS keeps its store; default: in a folder of its own. */
  readonly store?: string;
  /** Where the services find NATS; default: the server itself. For a proxy in between. */
  readonly through?: (nats: NatsServer) => Promise<string>;
}

/** Opens a scene with the services of a shop at work on NATS. */
export const openStage = async (options: NatsStageOptions = {}): Promise<Stage> => {
  const scene = await openScene(options);
  const processes = new Map<ServiceApp, ServiceProcess>();
  const all: Promise<ServiceProcess>[] = [];
  try {
    const nats = await startNatsServer(options.store === undefined ? {} : { store: options.store });
    scene.defer(nats.stop);
    // Whatever state a row has left them in: the test has seen what it wanted to see.
    scene.defer(async () => {
      for (const each of await Promise.allSettled(all)) if (each.status === 'fulfilled') await each.value.kill();
    });
    const url = (await options.through?.(nats)) ?? nats.url;
    const config = scene.configure(url);
    const start: Stage['start'] = async (app, env = {}) => {
      const starting = startProcess({
        name: app,
        args: [bundleOf(app)],
        env: { OPENSTACK_MIGRATE_CONFIG: config, ...env },
        ready: /"state":"ready"/,
        patienceMs: 120_000,
      });
      all.push(starting);
      const started = await starting;
      processes.set(app, started);
      return started;
    };
    const wantedServices = shopServices.filter((app) => options.without?.includes(app) !== true);
    const started = await Promise.allSettled(wantedServices.map((app) => start(app)));
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    const clientConfig = scene.configure(nats.url, {}, path.join(scene.clouds.folder, 'client'));
    const settings = await readSettings({ env: process.env, file: clientConfig });
    const open = await openPorts(settings);
    const client = await boot(open, [], { quiet: true });
    scene.defer(() => client.close());
    const running = { asker: client.asker, log: open.ports.log, policy: settings.policy };
    return {
      ...scene,
      ...running,
      queue: open.ports.queue,
      nats,
      config,
      start,
      service: (app) => {
        const found = processes.get(app);
        if (found === undefined) throw new Error(`${app} was never started`);
        return found;
      },
      migrate: () => migrate(running, scene.wanted),
      scan: () => scan(running, scene.wanted.route.source, shopTypes),
    };
  } catch (error) {
    await scene[Symbol.asyncDispose]();
    throw error;
  }
};
