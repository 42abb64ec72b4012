import type { How } from '@osm/contracts';
import { refKey, type JsonObject, type Ref } from '@osm/kernel';
import { changedAttributes, type Policy, type Resource } from '@osm/resource';
import { byText } from './graph.ts';

/** What the last scan saw of a source resource. */
export interface Observed {
  readonly ref: Ref;
  readonly name: string | null;
  readonly projectId: string | null;
  readonly attributes: JsonObject;
}

/** What is known of a resource's twin on the route. */
export interface Mapping {
  readonly destinationId: string;
  readonly how: How | undefined;
  /** The plan that has made or found the twin, and in the end has finished it. */
  readonly broughtBy: string | undefined;
  /** The twin counts: every step of a plan was done, or a person says so. False while a plan has not got so far. */
  readonly migrated: boolean;
  /** Migrated, and nothing of it came later than its last step: no link got its twin since. */
  readonly complete: boolean;
  readonly sourceRemoved: boolean;
}

/** What planning looks at: the source's inventory, the mappings of the route, the policy and the handlers. A value. */
export interface World {
  readonly handlers: ReadonlyMap<string, Resource>;
  readonly policy: Policy;
  /** Why resources of a type cannot be had at present, in words; undefined: they can. */
  unavailable(type: string): string | undefined;
  observed(ref: Ref): Observed | undefined;
  /** Everything observed of a type, in the order of ids. */
  all(type: string): readonly Ref[];
  /** What lives in it, as recorded by its members, in the order of type and id. */
  membersOf(ref: Ref): readonly Ref[];
  /** What lives elsewhere, and would be deleted with it by the cloud, in the order of type and id. */
  goingWith(ref: Ref): readonly Ref[];
  mapping(ref: Ref): Mapping | undefined;
  /** Everything that has a mapping, in the order of type and id. */
  mapped(): readonly Ref[];
  /** What was changed at the source since its twin was made of it. */
  changed(ref: Ref): readonly string[];
  /** What both clouds said that they can do, as far as steps of the type choose by it; undefined: they were not asked. */
  facts(type: string): JsonObject | undefined;
}

/** One resource of the inventory. Vanished ones are left out by whoever folds the log. */
export interface InventoryEntry extends Observed {
  /** All that scans saw of it, oldest first, each with its position in the log; left out: nothing else. */
  readonly earlier?: readonly { readonly position: number; readonly attributes: JsonObject }[] | undefined;
  /** What it lives in. */
  readonly parents: readonly Ref[];
}

/** One migration of the route. A state of the domain's `migration`, with its ref, is one. */
export interface MigrationEntry {
  readonly ref: Ref;
  readonly destinationId: string | undefined;
  readonly how: How | undefined;
  /** Left out: no plan has brought it. */
  readonly broughtBy?: string | undefined;
  readonly migrated: boolean;
  readonly forgotten: boolean;
  readonly sourceRemoved: boolean;
  /** Position in the log of the event that named the twin, where we have made it; left out: we have not. */
  readonly madeAt?: number | undefined;
  /** Position in the log of the event since which the twin counts; left out: not known. */
  readonly countsSince?: number | undefined;
  /** Position in the log of the last step that it settled; left out: not known. */
  readonly lastStep?: number | undefined;
}

export interface WorldParts {
  readonly handlers: ReadonlyMap<string, Resource>;
  readonly policy: Policy;
  readonly inventory: Iterable<InventoryEntry>;
  readonly migrations: Iterable<MigrationEntry>;
  /** Types that the last scan could not list, with the reason in words. */
  readonly unavailable?: ReadonlyMap<string, string>;
  /** What both clouds said that they can do, by type. */
  readonly facts?: { readonly [type: string]: JsonObject };
}

/** Indexes what was folded from the log. Takes time and memory in proportion to it. */
export const buildWorld = (parts: WorldParts): World => {
  const { handlers, policy, unavailable } = parts;
  const observed = new Map<string, Observed>();
  const earlier = new Map<string, NonNullable<InventoryEntry['earlier']>>();
  const types = new Map<string, Ref[]>();
  const members = new Map<string, Ref[]>();
  for (const { ref, name, projectId, attributes, parents, earlier: before = [] } of parts.inventory) {
    observed.set(refKey(ref), { ref, name, projectId, attributes });
    if (before.length > 0) earlier.set(refKey(ref), before);
    listed(types, ref.type).push(ref);
    for (const parent of parents) listed(members, refKey(parent)).push(ref);
  }
  for (const refs of [...types.values(), ...members.values()]) refs.sort(byRef);
  const migrations = new Map([...parts.migrations].map((entry) => [refKey(entry.ref), entry]));
  const mappings = new Map<string, Mapping>();
  for (const [key, entry] of migrations) {
    const attributes = observed.get(key)?.attributes;
    const links = attributes === undefined ? [] : (handlers.get(entry.ref.type)?.links(attributes) ?? []);
    const ends = links.flatMap(({ ref }) => migrations.get(refKey(ref)) ?? []);
    const mapping = mappingOf(entry, ends);
    if (mapping !== undefined) mappings.set(key, mapping);
  }
  const changed = (ref: Ref): readonly string[] => {
    const [key, handler] = [refKey(ref), handlers.get(ref.type)];
    const { madeAt } = migrations.get(key) ?? {};
    const now = observed.get(key)?.attributes;
    // Those that are sealed and emptied are changed by ourselves, and looked at once more before they go.
    if (madeAt === undefined || now === undefined || handler === undefined || handler.empty !== undefined) return [];
    const then = earlier.get(key)?.findLast(({ position }) => position < madeAt);
    const since = earlier.get(key)?.some(({ position }) => position > madeAt) === true;
    return then === undefined || !since ? [] : changedAttributes(handler, policy, then.attributes, now);
  };
  // Only removals ask.
  let riders: ReadonlyMap<string, readonly Ref[]> | undefined;
  return {
    handlers,
    policy,
    changed,
    unavailable: (type) => unavailable?.get(type),
    observed: (ref) => observed.get(refKey(ref)),
    all: (type) => types.get(type) ?? [],
    membersOf: (ref) => members.get(refKey(ref)) ?? [],
    goingWith: (ref) => (riders ??= ridersIn(observed.values(), handlers, policy)).get(refKey(ref)) ?? [],
    mapping: (ref) => mappings.get(refKey(ref)),
    mapped: () =>
      [...migrations]
        .filter(([key]) => mappings.has(key))
        .map(([, { ref }]) => ref)
        .sort(byRef),
    facts: (type) => parts.facts?.[type],
  };
};

/** By what is named: whom the cloud deletes with it. */
const ridersIn = (
  observed: Iterable<Observed>,
  handlers: ReadonlyMap<string, Resource>,
  policy: Policy,
): ReadonlyMap<string, readonly Ref[]> => {
  const riders = new Map<string, Ref[]>();
  for (const { ref, attributes } of observed) {
    const handler = handlers.get(ref.type);
    if (handler?.ridesAlong !== true) continue;
    for (const need of handler.needs(attributes, policy)) if (need.goesWith) listed(riders, refKey(need.ref)).push(ref);
  }
  for (const refs of riders.values()) refs.sort(byRef);
  return riders;
};

/** By type, then by id. */
export const byRef = (a: Ref, b: Ref): number => byText(a.type, b.type) || byText(a.id, b.id);

const listed = (lists: Map<string, Ref[]>, key: string): Ref[] => {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: Ref[] = [];
  lists.set(key, list);
  return list;
};

/** A record that was forgotten, or has no twin, is no mapping. */
const mappingOf = (entry: MigrationEntry, ends: readonly MigrationEntry[]): Mapping | undefined => {
  const { destinationId, how, broughtBy, migrated, forgotten, sourceRemoved, lastStep } = entry;
  if (destinationId === undefined || forgotten) return undefined;
  const late = ends.some(
    (end) =>
      end.migrated &&
      !end.forgotten &&
      end.countsSince !== undefined &&
      lastStep !== undefined &&
      end.countsSince > lastStep,
  );
  return { destinationId, how, broughtBy, migrated, complete: migrated && !late, sourceRemoved };
};
