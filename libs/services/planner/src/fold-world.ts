import {
  decodeEvent,
  everyScan,
  inventoryOf,
  migrationsOf,
  parseSubject,
  type InventoryEvent,
  type MigrationEvent,
  type RecordedEvent,
} from '@osm/contracts';
import { inventory, migration, type InventoryState, type MigrationState } from '@osm/domain';
import type { EventLog } from '@osm/event-log';
import { refKey, type Ref, type Route } from '@osm/kernel';
import { buildWorld, type InventoryEntry, type MigrationEntry, type World } from '@osm/planning';
import type { Policy, Resource } from '@osm/resource';

/**
 * What planning looks at, folded from the log as of a position: the source's inventory and the mappings of the route. The
 * same position gives the same world, whatever was written since.
 */
export const foldWorld = async (
  log: EventLog,
  handlers: ReadonlyMap<string, Resource>,
  { route, asOf }: { readonly route: Route; readonly asOf: number },
  policy: Policy,
): Promise<World> => {
  const until: Until = (filter) => readUntil(log, filter, asOf);
  return buildWorld({
    handlers,
    policy,
    inventory: await foldInventory(until, route.source),
    migrations: await foldMigrations(until, route),
    unavailable: await foldUnavailable(until, route.source),
  });
};

type Until = (filter: string) => AsyncIterable<RecordedEvent>;

async function* readUntil(log: EventLog, filter: string, asOf: number): AsyncIterable<RecordedEvent> {
  for await (const recorded of log.read({ filter })) {
    if (recorded.position > asOf) return;
    yield recorded;
  }
}

const foldInventory = async (until: Until, cloud: string): Promise<readonly InventoryEntry[]> => {
  const states = new Map<string, { readonly ref: Ref; readonly state: InventoryState }>();
  for await (const recorded of until(inventoryOf(cloud))) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'inventory') continue;
    const key = refKey(subject.ref);
    const before = states.get(key)?.state ?? inventory.initial;
    states.set(key, { ref: subject.ref, state: inventory.evolve(before, decodeEvent(recorded) as InventoryEvent) });
  }
  return [...states.values()].flatMap(({ ref, state: { observed, vanished } }) => {
    if (observed === undefined || vanished) return [];
    const { name, projectId, attributes, parents } = observed;
    return [{ ref, name, projectId, attributes, parents }];
  });
};

/** Events after which the twin counts. */
const countsFrom = new Set(['ResourceMigrated', 'ExternalTwinRegistered', 'MappingImported']);

const foldMigrations = async (until: Until, route: Route): Promise<readonly MigrationEntry[]> => {
  interface Folded {
    readonly ref: Ref;
    readonly state: MigrationState;
    readonly countsSince: number | undefined;
    readonly lastStep: number | undefined;
  }
  const states = new Map<string, Folded>();
  for await (const recorded of until(migrationsOf(route))) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'migration') continue;
    const key = refKey(subject.ref);
    const before = states.get(key);
    const event = decodeEvent(recorded) as MigrationEvent;
    states.set(key, {
      ref: subject.ref,
      state: migration.evolve(before?.state ?? migration.initial, event),
      countsSince: countsFrom.has(event.type) ? recorded.position : before?.countsSince,
      lastStep: event.type === 'StepSucceeded' ? recorded.position : before?.lastStep,
    });
  }
  return [...states.values()].map(({ ref, state, countsSince, lastStep }) => ({
    ref,
    ...state,
    countsSince,
    lastStep,
  }));
};

/** Types that the newest scan could not list: what is not seen there may well exist. */
const foldUnavailable = async (until: Until, cloud: string): Promise<ReadonlyMap<string, string>> => {
  const clouds = new Map<string, string>();
  const unavailable = new Map<string, string>();
  for await (const recorded of until(everyScan)) {
    const event = decodeEvent(recorded);
    if (event.type === 'ScanRequested') clouds.set(recorded.subject, event.data.cloud);
    if (event.type !== 'ScanTypeFinished' || clouds.get(recorded.subject) !== cloud) continue;
    const { type, outcome, failure } = event.data;
    if (outcome === 'listed') unavailable.delete(type);
    if (outcome === 'unsupported') unavailable.set(type, `${cloud} does not have the service`);
    if (outcome === 'failed') unavailable.set(type, failure?.message ?? 'it could not be listed');
  }
  return unavailable;
};
