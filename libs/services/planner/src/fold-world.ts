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
import { inventory, isOurs, migration, type InventoryState, type MigrationState } from '@osm/domain';
import type { EventLog } from '@osm/event-log';
import { refKey, type JsonObject, type Ref, type Route } from '@osm/kernel';
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
  interface Folded {
    readonly ref: Ref;
    readonly state: InventoryState;
    readonly seen: readonly { readonly position: number; readonly attributes: JsonObject }[];
  }
  const states = new Map<string, Folded>();
  for await (const recorded of until(inventoryOf(cloud))) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'inventory') continue;
    const key = refKey(subject.ref);
    const before = states.get(key);
    const event = decodeEvent(recorded) as InventoryEvent;
    const { position } = recorded;
    const seen = event.type === 'ResourceObserved' ? [{ position, attributes: event.data.attributes }] : [];
    states.set(key, {
      ref: subject.ref,
      state: inventory.evolve(before?.state ?? inventory.initial, event),
      seen: [...(before?.seen ?? []), ...seen],
    });
  }
  return [...states.values()].flatMap(({ ref, state: { observed, vanished }, seen }) => {
    if (observed === undefined || vanished) return [];
    const { name, projectId, attributes, parents } = observed;
    return [{ ref, name, projectId, attributes, parents, earlier: seen.length > 1 ? seen : undefined }];
  });
};

/** Whether the twin counts from this event on. */
const counts = (event: MigrationEvent): boolean =>
  countsFrom.has(event.type) || (event.type === 'TwinRecovered' && event.data.complete);

const countsFrom = new Set<MigrationEvent['type']>(['ResourceMigrated', 'ExternalTwinRegistered', 'MappingImported']);

const foldMigrations = async (until: Until, route: Route): Promise<readonly MigrationEntry[]> => {
  interface Folded {
    readonly ref: Ref;
    readonly state: MigrationState;
    readonly countsSince: number | undefined;
    readonly lastStep: number | undefined;
    readonly madeAt: number | undefined;
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
      countsSince: counts(event) ? recorded.position : before?.countsSince,
      lastStep: event.type === 'StepSucceeded' ? recorded.position : before?.lastStep,
      madeAt: event.type === 'TwinIdentified' ? recorded.position : before?.madeAt,
    });
  }
  return [...states.values()].map(({ ref, state, countsSince, lastStep, madeAt }) => ({
    ref,
    ...state,
    countsSince,
    lastStep,
    madeAt: isOurs(state) ? madeAt : undefined,
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
