import type { EventLog } from '@osm/event-log';
import { Failure, type Route } from '@osm/kernel';
import type { Asker, Ports, ReadSettings } from '@osm/platform';
import type { Resource } from '@osm/resource';
import type { Context, ProgressSink } from './context.ts';
import { importPythonMappings } from './import-python-mappings.ts';
import { interrupted } from './interrupted.ts';
import type { Io } from './io.ts';
import { wrongUse } from './wrong-use.ts';

/**
 * What this process does itself while the command runs, with the embedded log: only keep records; also look at clouds and
 * draft plans; or also run them. Nothing else is started, so that looking at a plan never runs one.
 */
export type Part = 'records' | 'drafting' | 'running';

/** The services as a command sees them: in this process, or behind NATS. */
export interface Session {
  readonly io: Io;
  readonly settings: ReadSettings;
  readonly ports: Ports;
  readonly log: EventLog;
  readonly asker: Asker;
  readonly handlers: ReadonlyMap<string, Resource>;
  /** Whether the services run in this process and end with it. */
  readonly embedded: boolean;
  readonly interrupted: AbortSignal;
  readonly progress: ProgressSink;
}

/** Opens the services, gives them to the work, and closes them however it ends. */
export const withSession = async <Result>(
  { io, settings, debug, progress }: Context,
  part: Part,
  work: (session: Session) => Promise<Result>,
): Promise<Result> => {
  refuseLimitElsewhere(settings);
  const { boot, openPorts } = await import('@osm/runtime');
  const open = await openPorts(settings);
  const embedded = settings.eventLog.startsWith('embedded:');
  // A boot that fails lets go of the ports by itself.
  const running = await boot(open, embedded ? await modulesOf(part) : [], { quiet: !debug });
  const { ports } = open;
  const { log, handlers } = ports;
  const { asker } = running;
  const session = { io, settings, ports, log, handlers, asker, embedded, interrupted: io.interrupted, progress };
  try {
    await importPythonMappings(session);
    return await work(session);
  } catch (error) {
    // What was waited for ends in many ways when the command is told to stop.
    throw io.interrupted.aborted ? interrupted(session) : error;
  } finally {
    await running.close();
  }
};

/** A limit given with the command is this process's own, and with NATS others move the bytes. */
const refuseLimitElsewhere = ({ transfers, eventLog }: ReadSettings): void => {
  if (!transfers.insisted || eventLog.startsWith('embedded:')) return;
  throw wrongUse(
    '--bandwidth-limit is for a command that moves bytes itself, and the services behind NATS do',
    'Tell them: openstack-migrate limits --bandwidth.',
  );
};

const modulesOf = async (part: Part) => {
  const { allModules } = await import('@osm/runtime');
  if (part === 'running') return allModules;
  const { RegistryModule } = await import('@osm/services/registry');
  const { MigratorModule } = await import('@osm/services/migrator');
  const records = [RegistryModule, MigratorModule.of()];
  if (part === 'records') return records;
  const { DiscoveryModule } = await import('@osm/services/discovery');
  const { PlannerModule } = await import('@osm/services/planner');
  return [...records, DiscoveryModule, PlannerModule];
};

/** The two clouds that the configuration names. Raises `missing-config-key`. */
export const routeOf = ({ sourceCloud, destinationCloud, file }: ReadSettings): Route => ({
  source: sourceCloud ?? missing('source_cloud_name', file),
  destination: destinationCloud ?? missing('destination_cloud_name', file),
});

/** The source cloud of the configuration. Raises `missing-config-key`. */
export const sourceOf = ({ sourceCloud, file }: ReadSettings): string =>
  sourceCloud ?? missing('source_cloud_name', file);

const missing = (key: string, file: string | undefined): never => {
  const where = file === undefined ? 'no configuration was named' : `the configuration ${file} has no ${key}`;
  const remedy =
    file === undefined
      ? 'Name a configuration with --config or OPENSTACK_MIGRATE_CONFIG.'
      : `Set ${key} to the name of a cloud in clouds.yaml.`;
  throw new Failure('missing-config-key', `cannot tell which clouds are meant: ${where}`, { remedy });
};

/** The handler of the type that was typed. Raises `unknown-type`, with the nearest known ones. */
export const handlerNamed = async (type: string | undefined): Promise<Resource> => {
  const { resourceTypes } = await import('@osm/resources/all');
  const types = resourceTypes.map((each) => each.type);
  if (type === undefined || type === '') {
    throw wrongUse('no resource type is named', `Add --resource-type with one of ${types.join(', ')}.`);
  }
  const handler = resourceTypes.find((each) => each.type === type);
  if (handler !== undefined) return handler;
  const { near } = await import('@osm/planning');
  const [meant] = near(type.replaceAll('_', '-'), types);
  const remedy = meant === undefined ? `There are ${types.join(', ')}.` : `Did you mean ${meant}?`;
  throw new Failure('unknown-type', `there is no resource type ${type}`, { remedy });
};
