import {
  decodeEvent,
  inventorySubject,
  migrationSubject,
  planSubject,
  type PlanRequest,
  type PlanStep,
  type RunStep,
} from '@osm/contracts';
import { migration, hasTwin, type Attempt, type MigrationState } from '@osm/domain';
import { loadAggregate, type EventLog } from '@osm/event-log';
import { Failure, refKey, type JsonObject, type Ref, type Route } from '@osm/kernel';
import { PolicySchema, type Policy, type Relation, type Resource, type TwinOf } from '@osm/resource';
import type { Workshop } from './workshop.ts';

/** The parts of a plan that do not change once it is drafted. */
export interface DraftedPlan {
  readonly request: PlanRequest;
  readonly policy: Policy;
  readonly steps: ReadonlyMap<string, PlanStep>;
  /** Position of the last of its events when it was read: whoever follows the plan from there on misses nothing. */
  readonly asOf: number;
  /** Whether somebody had cancelled it by then. */
  readonly isCancelled: boolean;
}

/** Which attempt at which step of which migration a command is about, and how that migration stands. */
export interface Docket {
  readonly attempt: Attempt;
  readonly step: PlanStep;
  readonly plan: DraftedPlan;
  readonly route: Route;
  readonly ref: Ref;
  readonly subject: string;
  readonly state: MigrationState;
  readonly revision: number;
}

/** Everything recorded that one attempt at a step needs to know; read from the log alone. */
export interface Assignment extends Docket {
  readonly handler: Resource;
  /** The source as last observed. */
  readonly attributes: JsonObject;
  readonly twinOf: TwinOf;
  /** The last of the resource's own steps in this plan: after it the twin is verified. */
  readonly last: boolean;
}

/**
 * Reads drafted plans and keeps those that were asked for last: they do not change, and a large one is long. `most` is
 * how many are kept.
 */
export const draftedPlans = (log: EventLog, most = 8): ((planId: string) => Promise<DraftedPlan>) => {
  const plans = new Map<string, Promise<DraftedPlan>>();
  return (planId) => {
    const plan = plans.get(planId) ?? readPlan(log, planId);
    // The last one of the map is the last one asked for.
    plans.delete(planId);
    plans.set(planId, plan);
    plan.catch(() => plans.delete(planId));
    for (const oldest of [...plans.keys()].slice(0, -most)) plans.delete(oldest);
    return plan;
  };
};

const readPlan = async (log: EventLog, planId: string): Promise<DraftedPlan> => {
  const recorded = await log.load(planSubject(planId));
  const events = recorded.map(decodeEvent);
  const request = events.find((event) => event.type === 'PlanRequested')?.data;
  if (request === undefined) {
    throw new Failure('no-such-plan', `cannot run a step of plan ${planId}: there is no such plan in the log`, {
      remedy: 'The work queue and the event log do not belong together: check the URL of the event log.',
    });
  }
  const steps = events.flatMap((event) => (event.type === 'PlanSectionDrafted' ? event.data.steps : []));
  return {
    request,
    policy: PolicySchema.parse(request.policy),
    steps: new Map(steps.map((step) => [step.id, step])),
    asOf: recorded.at(-1)?.position ?? 0,
    isCancelled: events.some(({ type }) => type === 'PlanCancelling' || type === 'PlanCancelled'),
  };
};

/** Loads which attempt a command is about; undefined where the plan has no such step. */
export const loadDocket = async (
  workshop: Workshop,
  planOf: (planId: string) => Promise<DraftedPlan>,
  command: RunStep,
): Promise<Docket | undefined> => {
  const plan = await planOf(command.planId);
  const step = plan.steps.get(command.stepId);
  if (step === undefined) return undefined;
  const { route } = plan.request;
  const subject = migrationSubject(route, step.ref);
  const { state, revision } = await loadAggregate(workshop.log, migration, subject);
  const attempt = { planId: command.planId, stepId: step.id, step: step.step, attempt: command.attempt };
  return { attempt, step, plan, route, ref: step.ref, subject, state, revision };
};

/** Loads what the attempt needs to know. Raises `unknown-type`, `not-observed`. */
export const loadAssignment = async (workshop: Workshop, docket: Docket): Promise<Assignment> => {
  const { plan, route, ref, step, state } = docket;
  const handler = handlerOf(workshop.handlers, ref.type);
  const attributes = await lastObserved(workshop.log, route.source, ref, await until(workshop.log, docket));
  const needs = [...handler.needs(attributes, plan.policy), ...ownerOf(handler, attributes)];
  const twins = new Map([
    // The other end of a link may wait for this very step before it counts: there its id is enough.
    ...(await loadTwins(workshop.log, route, handler.links(attributes), isKnown)),
    ...(await loadTwins(workshop.log, route, needs, hasTwin)),
  ]);
  if (state.destinationId !== undefined && !state.forgotten) twins.set(refKey(ref), state.destinationId);
  return {
    ...docket,
    handler,
    attributes,
    twinOf: (other) => twins.get(refKey(other)),
    last: isLast(plan, handler, step, attributes),
  };
};

export const handlerOf = (handlers: ReadonlyMap<string, Resource>, type: string): Resource => {
  const handler = handlers.get(type);
  if (handler !== undefined) return handler;
  throw new Failure('unknown-type', `cannot migrate anything of type ${type}: there is no such resource type`, {
    remedy: 'openstack-migrate capabilities lists the types that this version knows.',
  });
};

/** The project that owns it is needed for a token of that project, also where the body does not name it. */
const ownerOf = (handler: Resource, attributes: JsonObject): readonly Pick<Relation, 'ref'>[] => {
  const projectId = handler.projectId(attributes);
  return projectId === null ? [] : [{ ref: { type: 'project', id: projectId } }];
};

/** A twin that is rolled back is held against what it was made of: scans may have seen the original change since. */
const until = async (log: EventLog, { step, subject, state }: Docket): Promise<number> => {
  if (step.step !== 'roll-back') return Infinity;
  const events = await log.load(subject);
  const verified = events.findLast(({ type, data }) => {
    return type === 'TwinVerified' && data['destinationId'] === state.destinationId;
  });
  return verified?.position ?? Infinity;
};

const lastObserved = async (log: EventLog, cloud: string, ref: Ref, until: number): Promise<JsonObject> => {
  const recorded = await log.load(inventorySubject(cloud, ref));
  const events = recorded.filter(({ position }) => position < until).map(decodeEvent);
  const observed = events.findLast((event) => event.type === 'ResourceObserved');
  if (observed?.type === 'ResourceObserved') return observed.data.attributes;
  throw new Failure('not-observed', `cannot migrate ${ref.type} ${ref.id}: no scan of ${cloud} has seen it`, {
    remedy: `Scan the cloud first: openstack-migrate scan.`,
  });
};

const isKnown = (state: MigrationState): boolean => state.destinationId !== undefined && !state.forgotten;

const loadTwins = async (
  log: EventLog,
  route: Route,
  relations: readonly Pick<Relation, 'ref'>[],
  counts: (state: MigrationState) => boolean,
): Promise<Map<string, string>> => {
  const refs = new Map(relations.map(({ ref }) => [refKey(ref), ref]));
  const twins = new Map<string, string>();
  await Promise.all(
    [...refs].map(async ([key, ref]) => {
      const { state } = await loadAggregate(log, migration, migrationSubject(route, ref));
      if (counts(state) && state.destinationId !== undefined) twins.set(key, state.destinationId);
    }),
  );
  return twins;
};

const isLast = (plan: DraftedPlan, handler: Resource, step: PlanStep, attributes: JsonObject): boolean => {
  const chain = handler.steps(attributes, plan.policy).filter(({ always }) => !always);
  return chain.at(-1)?.name === step.step;
};
