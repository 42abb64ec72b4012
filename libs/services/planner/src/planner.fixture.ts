import {
  inventorySubject,
  migrationSubject,
  planSubject,
  RunStepShape,
  type DomainEvent,
  type PlanRequest,
  type RunStep,
} from '@osm/contracts';
import { migration, plan, type PlanState } from '@osm/domain';
import { loadAggregate, transact } from '@osm/event-log';
import { parseRefKey, type FailureRecord, type JsonObject, type Ref } from '@osm/kernel';
import type { Asker } from '@osm/platform';
import { PolicySchema } from '@osm/resource';
import { boot, type Running } from '@osm/runtime';
import { openTestPorts, until, type TestPorts, type TestPortsOptions } from '@osm/testing/ports';
import { smallHandlers } from '@osm/testing/small-handlers';
import { PlannerModule } from './planner.module.ts';

export const route = { source: 'old', destination: 'new' };

/** A request for these roots, by ref key. */
export const asking = (...roots: readonly string[]): PlanRequest => ({
  route,
  roots: roots.map(parseRefKey),
  include: { needs: true, members: false },
  intent: 'migrate',
  cleanUp: 'never',
  policy: {},
});

/** A planner at work, with the test in the place of discovery and of the workers. */
export interface PlannerAtWork {
  readonly open: TestPorts;
  readonly running: Running;
  readonly asker: Asker;
  /** Records resources as a scan would, by ref key. */
  observe(resources: { readonly [key: string]: JsonObject }): Promise<void>;
  /** Has a plan drafted; returns its id when the draft is there, or refused. */
  draft(request: PlanRequest): Promise<string>;
  /** Has a plan drafted, approved and started. */
  start(request: PlanRequest): Promise<string>;
  plan(planId: string): Promise<PlanState>;
  /** The types of a plan's events, in order. */
  history(planId: string): Promise<readonly string[]>;
  /** Records that a worker has done a step. */
  succeed(step: RunStep): Promise<void>;
  /** Records that a worker could not do a step. */
  fail(step: RunStep): Promise<void>;
  /** The commands that were handed to workers of networks, as they come: they do nothing but note them. */
  readonly commands: RunStep[];
  close(): Promise<void>;
}

type Outcome =
  | { readonly type: 'SucceedStep'; readonly outputs: JsonObject }
  | { readonly type: 'FailStep'; readonly failure: FailureRecord };

/** Boots a planner on a log of its own. */
export const openPlanner = async (options: TestPortsOptions = {}): Promise<PlannerAtWork> => {
  const open = await openTestPorts({ ...options, ports: { handlers: smallHandlers, ...options.ports } });
  const { ports } = open;
  const running = await boot(open, [PlannerModule], { quiet: true });
  const { asker } = running;
  const commands: RunStep[] = [];
  await ports.queue.work({
    queue: 'network',
    slots: 4,
    handler: async ({ command }) => {
      commands.push(RunStepShape.parse(command));
      return { again: 3_600_000 };
    },
  });
  const load = async (planId: string) => (await loadAggregate(ports.log, plan, planSubject(planId))).state;
  const drafted = async (request: PlanRequest): Promise<string> => {
    const { planId } = await asker.ask('planner.draft', { request, by: 'ann' });
    await until('the plan is drafted', async () => (await load(planId)).status !== 'requested');
    return planId;
  };
  const worked = async ({ planId, stepId, attempt }: RunStep, outcome: Outcome): Promise<void> => {
    const [type = '', id = '', step = ''] = stepId.split('/');
    const { log, clock, ids } = ports;
    const recorder = { log, clock, ids, provenance: { producer: 'spec', correlation: planId } };
    const command = { planId, stepId, step, attempt, ...outcome };
    await transact(recorder, migration, migrationSubject(route, { type, id }), command);
  };
  return {
    open,
    running,
    asker,
    commands,
    draft: drafted,
    start: async (request) => {
      const planId = await drafted(request);
      const { draft } = await load(planId);
      await asker.ask('planner.approve', { planId, digest: draft?.digest ?? '', by: 'ann' });
      await asker.ask('planner.start', { planId, by: 'ann' });
      return planId;
    },
    observe: async (resources) => {
      const refs = Object.entries(resources).map(([key, attributes]) => ({ ref: parseRefKey(key), attributes }));
      await Promise.all(
        refs.map(({ ref, attributes }) => open.tell(inventorySubject(route.source, ref), observed(ref, attributes))),
      );
    },
    plan: load,
    history: async (planId) => (await open.told(planSubject(planId))).map(({ type }) => type),
    succeed: (run) => worked(run, { type: 'SucceedStep', outputs: {} }),
    fail: (run) => worked(run, { type: 'FailStep', failure: { code: 'away', message: 'it is away', remedy: 'Wait.' } }),
    close: () => running.close(),
  };
};

/** What a scan records of a resource. */
export const observed = (ref: Ref, attributes: JsonObject): DomainEvent => {
  const needs = smallHandlers.get(ref.type)?.needs(attributes, PolicySchema.parse({})) ?? [];
  return {
    type: 'ResourceObserved',
    data: {
      scanId: 'scan',
      name: null,
      projectId: null,
      attributes,
      fingerprint: ref.id,
      needs: needs.map(({ name, ref }) => ({ name, ref })),
      parents: needs.filter(({ parent }) => parent).map((need) => need.ref),
      links: [],
      unknown: [],
    },
  };
};
