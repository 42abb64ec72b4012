import { decodeEvent, migrationSubject, plannerQueue, type MigrationEvent } from '@osm/contracts';
import { hasTwin, migration, type MigrationState } from '@osm/domain';
import { canonicalJson, marker, type JsonObject } from '@osm/kernel';
import { marks, type Row } from './cloud-row.ts';
import type { CloudStore } from './cloud-store.ts';
import { route, type Stage } from './stage.ts';
import { types } from './types.ts';
import { watchMigrations } from './watch-migrations.ts';
import { watchPlans } from './watch-plans.ts';

/** What must never be, looked for at every event and every row, and again when all has come to rest. */
export interface Oracle {
  readonly violations: readonly string[];
  violate(what: string): void;
  /** The last look, when a plan without faults has done what was left. */
  judge(): void;
}

export const openOracle = (stage: Stage): Oracle => {
  const violations: string[] = [];
  const violate = (what: string): void => {
    stage.trace('ORACLE', () => what);
    violations.push(what);
  };
  const migrations = watchMigrations((planId, stepId, attempt) => plans.mayStart(planId, stepId, attempt), violate);
  const plans = watchPlans(migrations.outcomes, violate);
  stage.shared.watch((event, by) => {
    migrations.hear(event, by);
    plans.hear(event);
  });
  for (const cloud of [stage.source, stage.destination]) {
    cloud.onMade = (path, row) => mustBeTheOnlyOne(cloud, path, row, violate);
  }
  stage.onLateWrite = violate;
  stage.commands.onDone = (queue, key) => {
    const [, planId = '', stepId = '', attempt = ''] = /^([^/]+)\/(.+)\/(\d+)$/.exec(key) ?? [];
    const isStep = queue !== plannerQueue;
    if (isStep && migrations.outcomes.of(planId, stepId, Number(attempt)) === undefined) {
      violate(`${key} is said to be done, and has no outcome`);
    }
  };
  const before = pictureOf(stage.source);
  const strangers = rowsOf(stage.destination).map(([path, { attributes }]) => ({
    path,
    row: canonicalJson(attributes),
  }));
  return {
    violations,
    violate,
    judge: () => {
      const states = statesOf(stage);
      judgeTwins(stage, states, violate);
      judgeRest(stage, states, violate);
      judgeSource(stage, states, before, violate);
      const now = new Set(rowsOf(stage.destination).map(([, { attributes }]) => canonicalJson(attributes)));
      for (const { path, row } of strangers)
        if (!now.has(row)) violate(`a stranger at ${path} is not as it was: ${row}`);
    },
  };
};

const rowsOf = (cloud: CloudStore): readonly (readonly [string, Row])[] =>
  Object.entries(cloud.shelves).flatMap(([path, { rows }]) => [...rows.values()].map((row) => [path, row] as const));

const mustBeTheOnlyOne = (cloud: CloudStore, path: string, made: Row, violate: (what: string) => void): void => {
  if (made.mark === undefined) return;
  // A step may make several ports, each with an address of its own.
  const address = canonicalJson(made.attributes['fixed_ips'] ?? null);
  const same = rowsOf(cloud).filter(
    ([there, { mark, attributes }]) =>
      there === path && mark === made.mark && canonicalJson(attributes['fixed_ips'] ?? null) === address,
  );
  if (same.length > 1)
    violate(
      `${cloud.name} has ${same.length} of ${path} with the marker ${made.mark}: ${same.map(([, { attributes }]) => String(attributes['id'])).join(', ')}`,
    );
};

interface Judged {
  readonly type: string;
  readonly id: string;
  readonly path: string;
  readonly state: MigrationState;
  /** What its last failed step said. */
  readonly failure: string | undefined;
  /** The markers of what may be left because the step that collects it failed last, and says so. */
  readonly left: readonly string[];
}

const statesOf = ({ drawn, shared }: Stage): readonly Judged[] =>
  drawn.resources.map(({ type, id }) => {
    const events = shared
      .ofSubject(migrationSubject(route, { type, id }))
      .map((event) => decodeEvent(event) as MigrationEvent);
    const failed = events.findLast((event) => event.type === 'StepFailed');
    return {
      ...{ type, id, path: types.get(type)?.api.path ?? '' },
      state: events.reduce((folded, event) => migration.evolve(folded, event), migration.initial),
      failure: failed?.type === 'StepFailed' ? failed.data.failure.code : undefined,
      left: isLeft(events) ? ['export', 'transfer'].map((step) => marker(route, type, id, step)) : [],
    };
  });

const isLeft = (events: readonly MigrationEvent[]): boolean => {
  const last = events.findLast(
    (event) => (event.type === 'StepSucceeded' || event.type === 'StepFailed') && event.data.step === 'tidy',
  );
  return last?.type === 'StepFailed';
};

/** Exactly one twin, or the reason why there is none. */
const judgeTwins = (
  { destination, source, isGone }: Stage,
  states: readonly Judged[],
  violate: (what: string) => void,
): void => {
  const twins = new Map<string, string>();
  for (const { type, id, path, state, failure } of states) {
    const name = `${type} ${id}`;
    const { destinationId } = state;
    if (!hasTwin(state) && !isGone(id))
      violate(`${name} has no twin when all is over (${failure ?? 'and no failure says why'})`);
    if (destinationId === undefined) continue;
    const twin = destination.shelves[path]?.rows.get(destinationId);
    const key = `${path}/${destinationId}`;
    if (twin === undefined) violate(`${name} has the twin ${key}, which is not there`);
    const other = twins.get(key);
    if (other !== undefined) violate(`${key} is the twin of both ${other} and ${name}`);
    twins.set(key, name);
    const sum = source.shelves[path]?.rows.get(id)?.attributes['sum'];
    if (hasTwin(state) && sum !== undefined && twin !== undefined && twin.attributes['sum'] !== sum)
      violate(`${name} and its twin ${key} have other data`);
  }
  const abandoned = new Set(states.filter(({ id, state }) => isGone(id) && !hasTwin(state)).map(({ path }) => path));
  const left = new Set(states.flatMap((state) => state.left));
  for (const [path, { attributes, madeBy }] of rowsOf(destination)) {
    if (left.has(String(attributes['name']))) continue;
    if (madeBy === undefined || madeBy === destination.name || twins.has(`${path}/${String(attributes['id'])}`))
      continue;
    // What ties a router to a subnet goes with the router.
    if (path === '/ports' && attributes['device_id'] !== '') continue;
    // Its original was deleted before the answer came: nobody can prove any more whose twin it was to be.
    if (abandoned.has(path)) continue;
    violate(`an orphan: ${path} ${canonicalJson(attributes)}, made by ${madeBy}`);
  }
};

/** Nothing temporary, nothing borrowed, no mark of ours. */
const judgeRest = (
  { source, destination, isGone }: Stage,
  states: readonly Judged[],
  violate: (what: string) => void,
): void => {
  const half = new Set(states.filter(({ id, state }) => isGone(id) && !hasTwin(state)).map(({ path }) => path));
  const left = new Set(states.flatMap((state) => state.left));
  for (const cloud of [source, destination]) {
    for (const [path, { attributes }] of rowsOf(cloud)) {
      if (left.has(String(attributes['name']))) continue;
      if (path === '/copies') violate(`${cloud.name} is left with the temporary ${canonicalJson(attributes)}`);
      else if (marks(attributes) !== undefined && !half.has(path))
        violate(`${cloud.name} is left with a marked ${path} ${canonicalJson(attributes)}`);
      const tags = attributes['tags'];
      if (Array.isArray(tags) && tags.some((tag) => String(tag).startsWith('osm-')))
        violate(`${cloud.name} is left with a tag of ours: ${canonicalJson(attributes)}`);
    }
    for (const assignment of cloud.assignments) violate(`${cloud.name} is left with a borrowed role: ${assignment}`);
  }
};

const pictureOf = (cloud: CloudStore): ReadonlyMap<string, JsonObject> =>
  new Map(rowsOf(cloud).map(([path, { attributes }]) => [`${path}/${String(attributes['id'])}`, attributes]));

/** The source is as it was, but for originals that were removed after their twin, and what a person has deleted. */
const judgeSource = (
  { source, isGone }: Stage,
  states: readonly Judged[],
  before: ReadonlyMap<string, JsonObject>,
  violate: (what: string) => void,
): void => {
  const now = pictureOf(source);
  const removed = new Set(states.filter(({ state }) => state.sourceRemoved).map(({ path, id }) => `${path}/${id}`));
  // A plan that is cancelled in the middle of a removal does not say how far it came; the twin is there.
  for (const { path, id, state } of states)
    if (hasTwin(state) && state.settled.some(({ step }) => step === 'remove')) removed.add(`${path}/${id}`);
  // Neutron deletes the rules of a group with the group.
  for (const [key, { security_group_id: group }] of before) {
    if (removed.has(`/security-groups/${String(group)}`)) removed.add(key);
  }
  for (const { type, id, path, state } of states) {
    if (state.sourceRemoved && !hasTwin(state)) violate(`${type} ${id} was removed from the source and has no twin`);
    if (state.sourceRemoved && now.has(`${path}/${id}`)) violate(`${type} ${id} is said to be removed and is there`);
  }
  for (const [key, was] of before) {
    const is = now.get(key);
    const isTie = key.startsWith('/ports/');
    if (is === undefined && !removed.has(key) && !isGone(String(was['id'])) && !isTie)
      violate(`the source has lost ${key}`);
    if (
      is !== undefined &&
      canonicalJson(is) !== canonicalJson(was) &&
      !removed.has(key) &&
      !key.startsWith('/routers/')
    )
      violate(`the source has another ${key}: ${canonicalJson(is)}`);
  }
  const left = new Set(states.flatMap((state) => state.left));
  for (const [key, { name }] of now)
    if (!before.has(key) && !left.has(String(name))) violate(`the source has a new ${key}`);
};
