import {
  decodeEvent,
  encodeEvent,
  everyEvent,
  inventorySubject,
  migrationSubject,
  planSubject,
  type DomainEvent,
  type MigrationEvent,
  type PlanRequest,
  type PlanStep,
} from '@osm/contracts';
import { migration, type MigrationState } from '@osm/domain';
import { draftedPlans, runStep, type Workshop } from '@osm/engine';
import { loadAggregate, type EventLog, type Handled } from '@osm/event-log';
import { digest, type Clock, type Ids, type JsonObject, type Ref } from '@osm/kernel';
import { openMover } from '@osm/payload';
import type { Policy, Resource } from '@osm/resource';
import { contextOf, namedTwins, policyOf, stageMarker, type Fixture } from '@osm/testing/resource-contract';
import { cloudThrough, logThrough, undisturbed, type Around } from './around.ts';
import { Killed, type Later } from './disturbances.ts';
import { memoryLog } from './memory-log.ts';
import { memoryCloud, type MemoryCloud } from './memory-cloud.ts';

/** A row that the steps of a type read: the subnets behind a router's interfaces. */
export interface GivenRow {
  readonly cloud: 'source' | 'destination';
  /** Its collection: `/subnets`. */
  readonly path: string;
  readonly row: JsonObject;
}

/** One delivery of a step's command. */
export interface Delivery {
  readonly attempt?: number;
  readonly deliveries?: number;
  readonly around?: Around;
  readonly signal?: AbortSignal;
}

/** One resource to be migrated between two clouds in memory, with everything recorded that its steps need to know. */
export interface Scene {
  readonly handler: Resource;
  readonly fixture: Fixture;
  readonly ref: Ref;
  readonly source: MemoryCloud;
  readonly destination: MemoryCloud;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Has something happen when so much time has passed. */
  readonly later: Later;
  /** Records a drafted plan with all steps of the resource, or the one that removes it or its twin. */
  plan(planId: string, intent?: PlanRequest['intent'], policy?: Partial<Policy>): Promise<readonly PlanStep[]>;
  /** The same of a plan that rolls back what another one has made. */
  rollBack(planId: string, of: string): Promise<readonly PlanStep[]>;
  /** Hands one step to a worker that knows nothing but the log. */
  deliver(step: PlanStep, planId: string, delivery?: Delivery): Promise<Handled>;
  /** Delivers one step until it is done. */
  work(step: PlanStep, planId: string, delivery?: Delivery): Promise<void>;
  /**
   * Runs the steps in order, as plans do: after a failure only those that run always. A worker that is killed is
   * followed by one that is not disturbed.
   */
  run(planId: string, steps: readonly PlanStep[], delivery?: Delivery): Promise<void>;
  /** Writes down what happened to the migration elsewhere. */
  record(...events: readonly MigrationEvent[]): Promise<void>;
  events(): Promise<readonly MigrationEvent[]>;
  state(): Promise<MigrationState>;
  /** All that was ever recorded, as text. */
  wholeLog(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

const route = { source: 'source', destination: 'destination' };

/** Enough for every failure that passes; a step that is not done by then never will be. */
const mostDeliveries = 30;

export interface SceneOptions {
  /** The resource; default: the fixture's `full`. */
  readonly sample?: JsonObject;
  readonly log?: EventLog;
}

/** Opens a scene, look-alikes of the twin included, for the `full` sample of a type, or for another one. */
export const openScene = async (
  handler: Resource,
  fixture: Fixture,
  given: readonly GivenRow[] = [],
  { sample = fixture.full, log = memoryLog() }: SceneOptions = {},
): Promise<Scene> => {
  const { later, ...clock } = virtualClock();
  const ids = countingIds();
  const lookup = handler.lookup(sample, namedTwins, stageMarker, policyOf());
  const options = { handler, minimal: fixture.minimal, extensions: fixture.extensions ?? [] };
  const unique = lookup.kind === 'unique' ? Object.keys(lookup.match) : [];
  const source = memoryCloud({ ...options, name: 'source', unique: [] });
  const destination = memoryCloud({ ...options, name: 'destination', unique });
  const attributes = source.keep(handler.api.path, sample);
  const ref = { type: handler.type, id: handler.id(attributes) };
  const subject = migrationSubject(route, ref);

  const append = async (to: string, events: readonly DomainEvent[]): Promise<void> => {
    const before = await log.load(to);
    const provenance = { producer: 'engine-laws' };
    const encoded = events.map((event) => encodeEvent(event, provenance, clock, ids));
    await log.append(to, before.at(-1)?.position ?? 0, encoded);
  };

  const clouds = new Map([source, destination].map((cloud) => [cloud.name, cloud]));
  const workshop = (around: Around): Workshop => ({
    log: logThrough(log, around),
    clock,
    ids,
    producer: 'engine-laws',
    worker: 'worker',
    handlers: new Map([[handler.type, handler]]),
    openCloud: async (name) => {
      const cloud = clouds.get(name);
      if (cloud === undefined) throw new TypeError(`there is no cloud ${name}`);
      return cloudThrough(cloud, around);
    },
    settleMs: 60_000,
    progress: () => undefined,
    waiting: () => undefined,
    mover: openMover(),
  });

  const recordPlan = async (
    planId: string,
    asked: Pick<PlanRequest, 'intent' | 'of'> & { readonly policy: Partial<Policy> },
  ): Promise<readonly PlanStep[]> => {
    const steps = stepsOf(handler, ref, attributes, asked.intent, policyOf(asked.policy));
    const include = { needs: true, members: false };
    const request = { ...asked, route, roots: [ref], include, cleanUp: 'never' as const };
    await append(planSubject(planId), [
      { type: 'PlanRequested', data: { ...request, asOf: 0, by: 'ann' } },
      { type: 'PlanSectionDrafted', data: { index: 0, steps: [...steps] } },
    ]);
    return steps;
  };

  const scene: Scene = {
    handler,
    fixture,
    ref,
    source,
    destination,
    log,
    clock,
    later,
    plan: (planId, intent = 'migrate', policy = {}) => recordPlan(planId, { intent, policy }),
    rollBack: (planId, of) => recordPlan(planId, { intent: 'roll-back', policy: {}, of }),
    deliver: async (step, planId, delivery = {}) => {
      const { attempt = 1, deliveries = 1, around = undisturbed, signal = new AbortController().signal } = delivery;
      const worker = workshop(around);
      const command = { planId, stepId: step.id, attempt };
      return runStep(worker, draftedPlans(worker.log), command, { deliveries, signal });
    },
    work: async (step, planId, delivery = {}) => {
      const first = delivery.deliveries ?? 1;
      for (let deliveries = first; deliveries < first + mostDeliveries; deliveries++) {
        const handled = await scene.deliver(step, planId, { ...delivery, deliveries });
        if (handled === 'done') return;
        await clock.sleep(handled.again);
      }
      throw new Error(`step ${step.id} is not done after ${mostDeliveries} deliveries`);
    },
    run: async (planId, steps, delivery = {}) => {
      let failed = false;
      for (const step of steps) {
        if (failed && !step.always) continue;
        await untilSurvived(scene, step, planId, delivery);
        const { settled } = await scene.state();
        failed ||= settled.some(({ stepId, planId: of, outcome, attempt }) => {
          return stepId === step.id && of === planId && attempt === (delivery.attempt ?? 1) && outcome === 'failed';
        });
      }
    },
    record: (...events) => append(subject, events),
    events: async () => (await log.load(subject)).map((event) => decodeEvent(event) as MigrationEvent),
    state: async () => (await loadAggregate(log, migration, subject)).state,
    wholeLog: async () => JSON.stringify(await Array.fromAsync(log.read({ filter: everyEvent }))),
    [Symbol.asyncDispose]: () => log.close(),
  };

  await append(inventorySubject(route.source, ref), [observed(handler, attributes)]);
  await linkUp(scene, given, append);
  return scene;
};

const untilSurvived = async (scene: Scene, step: PlanStep, planId: string, delivery: Delivery): Promise<void> => {
  try {
    await scene.work(step, planId, delivery);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    const { around: _killer, ...fresh } = delivery;
    await scene.work(step, planId, { ...fresh, deliveries: 2 });
  }
};

/** As discovery records it: secrets are digests. */
const observed = (handler: Resource, attributes: JsonObject): DomainEvent => {
  const shown = Object.entries(attributes).map(([name, value]) =>
    handler.secret.includes(name) ? [name, { digest: digest(value) }] : [name, value],
  );
  return {
    type: 'ResourceObserved',
    data: {
      scanId: 'scan',
      name: handler.name(attributes),
      projectId: handler.projectId(attributes),
      attributes: Object.fromEntries(shown),
      fingerprint: digest(shown),
      needs: [],
      parents: [],
      links: [],
      unknown: [],
    },
  };
};

/** Everything that the resource needs or is tied to has its twin; projects and domains are there to be read. */
const linkUp = async (
  scene: Scene,
  given: readonly GivenRow[],
  append: (subject: string, events: readonly DomainEvent[]) => Promise<void>,
): Promise<void> => {
  const { handler, fixture, destination, source } = scene;
  const refs = new Map(
    [...fixture.needs, ...(fixture.links ?? [])].map(({ type, id }) => [`${type}/${id}`, { type, id }]),
  );
  for (const ref of refs.values()) {
    const destinationId = String(namedTwins(ref));
    const registered = { destinationId, by: 'ann', reason: 'it is there' };
    await append(migrationSubject(route, ref), [{ type: 'ExternalTwinRegistered', data: registered }]);
    if (ref.type !== 'project' && ref.type !== 'domain') continue;
    destination.keep('/projects', { id: destinationId, enabled: true, parent_id: null, tags: [], options: {} });
  }
  fixture.traps.forEach((trap, index) => destination.keep(handler.api.path, named(scene, trap, `trap-${index}`)));
  for (const { cloud, path, row } of given) (cloud === 'source' ? source : destination).keep(path, row);
};

/** A row of the type with an id that is free, where the cloud is the one to choose it. */
export const named = (scene: Pick<Scene, 'handler' | 'fixture'>, row: JsonObject, id: string): JsonObject =>
  scene.handler.api.locate !== undefined || lookupOf(scene).kind === 'assigned' ? row : { ...row, id };

const stepsOf = (
  { steps, type, api, name }: Resource,
  ref: Ref,
  attributes: JsonObject,
  intent: PlanRequest['intent'],
  policy: Policy,
): readonly PlanStep[] => {
  const removal = { name: intent, service: api.service, always: false };
  const outlines = intent === 'migrate' ? steps(attributes, policy) : [removal];
  const id = (step: string): string => `${type}/${ref.id}/${step}`;
  return outlines.map((outline, index) => ({
    id: id(outline.name),
    ref,
    name: name(attributes),
    step: outline.name,
    service: outline.service,
    needs: outlines.slice(0, index).map((earlier) => id(earlier.name)),
    always: outline.always,
  }));
};

/** Time passes only when somebody sleeps, and then at once. */
const virtualClock = (): Clock & { readonly later: Later } => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let due: readonly { readonly at: number; readonly effect: () => Promise<unknown> }[] = [];
  return {
    now: () => new Date(now),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      now += milliseconds;
      const happening = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      // A request that the cloud refuses has no effect, and nobody hears of it.
      await Promise.allSettled(happening.map(({ effect }) => effect()));
    },
    later: (milliseconds, effect) => {
      due = [...due, { at: now + milliseconds, effect }];
    },
  };
};

const countingIds = (): Ids => {
  let made = 0;
  return {
    next: () => {
      made += 1;
      return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
    },
  };
};

/** How the type's twin is looked for in a scene. */
export const lookupOf = ({ handler, fixture }: Pick<Scene, 'handler' | 'fixture'>) =>
  handler.lookup(fixture.full, namedTwins, stageMarker, contextOf(fixture).policy);
