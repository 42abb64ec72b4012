import type { EventLog } from '@osm/event-log';
import { readSettings, type Asker } from '@osm/platform';
import type { Policy } from '@osm/resource';
import { boot, openPorts } from '@osm/runtime';
import { bundleOf, startProcess, writeConfig, type ServiceProcess, type TopologyOptions } from '@osm/testing/harness';
import { startNatsServer, type NatsServer } from '@osm/testing/nats-server';

/** A service process each, on a nats-server, that can be killed and started again. */
export interface Services {
  readonly nats: NatsServer;
  readonly asker: Asker;
  readonly log: EventLog;
  readonly policy: Policy;
  /** The configuration file of all. */
  readonly config: string;
  /** Ends a service as a power cut would, and starts it again. */
  killAndStart(app: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the services and waits until each is ready. */
export const startServices = async (apps: readonly string[], options: TopologyOptions): Promise<Services> => {
  const nats = await startNatsServer();
  const processes = new Map<string, ServiceProcess>();
  const config = writeConfig(options, nats.url);
  const start = async (app: string): Promise<void> => {
    const env = { OPENSTACK_MIGRATE_CONFIG: config };
    const how = { name: app, args: [bundleOf(app)], env, ready: /"state":"ready"/, patienceMs: 180_000 };
    processes.set(app, await startProcess(how));
  };
  const kill = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((each) => each.kill()));
    await nats.stop();
  };
  try {
    const started = await Promise.allSettled(apps.map(start));
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    const settings = await readSettings({ env: process.env, file: config });
    const open = await openPorts(settings);
    const client = await boot(open, [], { quiet: true });
    return {
      nats,
      asker: client.asker,
      log: open.ports.log,
      policy: settings.policy,
      config,
      killAndStart: async (app) => {
        await processes.get(app)?.kill();
        await start(app);
      },
      close: async () => {
        await client.close();
        const stopped = await Promise.allSettled([...processes.values()].map((each) => each.stop()));
        await nats.stop();
        for (const each of stopped) if (each.status === 'rejected') throw each.reason;
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
};
