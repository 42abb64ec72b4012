import { decodeEvent, everyMigration, planSubject, scanSubject, type Finding, type PlanRequest } from '@osm/contracts';
import type { FailureRecord, Ref, Route } from '@osm/kernel';
import { resourceTypes } from '@osm/resources/all';
import { followLog } from './follow-log.ts';
import type { Topology } from './start-topology.ts';

/** What a person asks for, as a whole. */
export interface Wanted {
  readonly route: Route;
  readonly roots: readonly Ref[];
  readonly include: { readonly needs: boolean; readonly members: boolean };
  readonly intent?: 'migrate' | 'remove';
  /** The types that are looked at before; default: every one. */
  readonly types?: readonly string[];
}

/** A draft, or why there is none. */
export interface Drafted {
  readonly planId: string;
  readonly resumed: boolean;
  readonly digest: string | undefined;
  readonly steps: number;
  readonly resources: number;
  readonly findings: readonly Finding[];
  /** The log position of the draft. */
  readonly position: number;
}

/** How a plan ended. */
export interface Outcome extends Drafted {
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  /** What its failed steps said. */
  readonly failures: readonly (FailureRecord & { readonly stepId: string })[];
}

type Running = Pick<Topology, 'asker' | 'log' | 'policy'>;

const by = 'e2e';
/** Long enough for the real clouds of a slow machine. */
const patience = 15 * 60_000;

/** Looks at a cloud, every type unless told otherwise; fails when a type could not be listed. */
export const scan = async (
  { asker, log }: Running,
  cloud: string,
  types: readonly string[] = resourceTypes.map(({ type }) => type),
): Promise<void> => {
  const after = await log.head();
  const { scanId } = await asker.ask('discovery.scan', { cloud, types: [...types], multitenant: true, by });
  const filter = scanSubject(scanId);
  const what = `the scan of ${cloud}`;
  const { event } = await followLog(log, (heard) => heard.event.type === 'ScanCompleted', {
    after,
    filter,
    withinMs: patience,
    what,
  });
  if (event.type !== 'ScanCompleted' || event.data.failedTypes.length === 0) return;
  throw new Error(`${what} could not list ${event.data.failedTypes.join(', ')}`);
};

/** Has a plan drafted. A request that is under way already is answered with that plan. */
export const draft = async ({ asker, log, policy }: Running, wanted: Wanted): Promise<Drafted> => {
  const { route, include, intent = 'migrate' } = wanted;
  const roots = [...wanted.roots];
  const request: PlanRequest = { route, roots, include, intent, cleanUp: 'never', policy: { ...policy } };
  const { planId, resumed } = await asker.ask('planner.draft', { request, by });
  const { event, recorded } = await followLog(
    log,
    ({ event: { type } }) => type === 'PlanDrafted' || type === 'PlanRejected',
    { filter: planSubject(planId), withinMs: patience, what: 'the draft' },
  );
  const { position } = recorded;
  if (event.type === 'PlanDrafted') return { planId, resumed, position, ...event.data };
  const findings = event.type === 'PlanRejected' ? event.data.findings : [];
  return { planId, resumed, position, digest: undefined, steps: 0, resources: 0, findings };
};

/** Approves and starts a draft, unless it runs already, and waits until every step has settled. */
export const run = async (topology: Running, drafted: Drafted): Promise<Outcome> => {
  const { planId, digest } = drafted;
  if (digest === undefined) throw new Error(`the plan was refused: ${JSON.stringify(drafted.findings, null, 2)}`);
  if (!drafted.resumed) {
    await topology.asker.ask('planner.approve', { planId, digest, by });
    await topology.asker.ask('planner.start', { planId, by });
  }
  const { event } = await followLog(
    topology.log,
    ({ event: { type } }) => type === 'PlanCompleted' || type === 'PlanPaused',
    { after: drafted.position, filter: planSubject(planId), withinMs: patience, what: `the end of plan ${planId}` },
  );
  if (event.type !== 'PlanCompleted') throw new Error(`plan ${planId} stopped: ${JSON.stringify(event.data)}`);
  return { ...drafted, ...event.data, failures: await failuresOf(topology, planId) };
};

/** Scan, draft, approve, start, wait: what the command line does for `start`. */
export const migrate = async (topology: Running, wanted: Wanted): Promise<Outcome> => {
  await scan(topology, wanted.route.source, wanted.types);
  return run(topology, await draft(topology, wanted));
};

const failuresOf = async ({ log }: Running, planId: string): Promise<Outcome['failures']> => {
  const failures: (FailureRecord & { readonly stepId: string })[] = [];
  for await (const recorded of log.read({ filter: everyMigration })) {
    const event = decodeEvent(recorded);
    if (event.type !== 'StepFailed' || event.data.planId !== planId) continue;
    failures.push({ ...event.data.failure, stepId: event.data.stepId });
  }
  return failures;
};
