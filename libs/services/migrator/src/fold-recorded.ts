import {
  decodeEvent,
  everyMigration,
  everyPlan,
  inventoryOf,
  parseSubject,
  type InventoryEvent,
  type MigrationEvent,
} from '@osm/contracts';
import {
  inventory,
  migration,
  planStatusAfter,
  type InventoryState,
  type MigrationState,
  type PlanStatus,
} from '@osm/domain';
import type { EventLog } from '@osm/event-log';
import type { Recorded, RecordedPlan, RecordedResource, Seen } from '@osm/inspection';
import { refKey, routeKey, type Ref, type Route } from '@osm/kernel';

/** What the log says of all that marks may be made of: every migration of whatever route, every original, every plan. */
export const foldRecorded = async (log: EventLog, route: Route): Promise<Recorded> => {
  const resources = new Map<string, RecordedResource>();
  const key = (of: Route, ref: Ref): string => `${routeKey(of)}/${refKey(ref)}`;
  for (const { ref } of await foldInventory(log, route.source, 'vanished ones too')) {
    resources.set(key(route, ref), { route, ref, state: undefined });
  }
  for (const one of await foldMigrations(log)) resources.set(key(one.route, one.ref), one);
  return { resources: [...resources.values()], plans: await foldPlans(log) };
};

/** Every migration of the log as it stands. */
export const foldMigrations = async (
  log: EventLog,
): Promise<readonly (RecordedResource & { readonly state: MigrationState })[]> => {
  const folded = new Map<string, RecordedResource & { readonly state: MigrationState }>();
  for await (const recorded of log.read({ filter: everyMigration })) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'migration') continue;
    const { route, ref } = subject;
    const before = folded.get(recorded.subject)?.state ?? migration.initial;
    const state = migration.evolve(before, decodeEvent(recorded) as MigrationEvent);
    folded.set(recorded.subject, { route, ref, state });
  }
  return [...folded.values()];
};

/** What scans of a cloud have seen. */
export const foldInventory = async (
  log: EventLog,
  cloud: string,
  which: 'those that are there' | 'vanished ones too',
): Promise<readonly Seen[]> => {
  const folded = new Map<string, { readonly ref: Ref; readonly state: InventoryState }>();
  for await (const recorded of log.read({ filter: inventoryOf(cloud) })) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'inventory') continue;
    const before = folded.get(recorded.subject)?.state ?? inventory.initial;
    const state = inventory.evolve(before, decodeEvent(recorded) as InventoryEvent);
    folded.set(recorded.subject, { ref: subject.ref, state });
  }
  return [...folded.values()].flatMap(({ ref, state: { observed, vanished } }) => {
    if (observed === undefined || (vanished && which === 'those that are there')) return [];
    const { name, projectId, attributes } = observed;
    return [{ ref, name, projectId, attributes }];
  });
};

const over = new Set<PlanStatus>(['completed', 'cancelled', 'rejected']);
const begun = new Set<PlanStatus>(['running', 'paused', 'cancelling']);

/** How far each plan is, and what it has in hand. A plan that nobody has started has nothing in hand. */
const foldPlans = async (log: EventLog): Promise<ReadonlyMap<string, RecordedPlan>> => {
  const plans = new Map<string, { readonly status: PlanStatus; readonly keys: ReadonlySet<string> }>();
  for await (const recorded of log.read({ filter: everyPlan })) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'plan') continue;
    const before = plans.get(subject.planId) ?? { status: 'unknown' as const, keys: new Set<string>() };
    const event = recorded.type === 'PlanSectionDrafted' ? decodeEvent(recorded) : undefined;
    const steps = event?.type === 'PlanSectionDrafted' ? event.data.steps : [];
    plans.set(subject.planId, {
      status: planStatusAfter(before.status, recorded.type),
      keys: steps.length === 0 ? before.keys : new Set([...before.keys, ...steps.map(({ ref }) => refKey(ref))]),
    });
  }
  return new Map(
    [...plans].map(([id, { status: now, keys }]): [string, RecordedPlan] => [
      id,
      { status: now, ended: over.has(now), inHand: begun.has(now) ? keys : new Set() },
    ]),
  );
};
