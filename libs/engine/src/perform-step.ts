import { hasTwin, isOurs } from '@osm/domain';
import { Failure, failureRecord, isFailure, marker, type JsonObject } from '@osm/kernel';
import {
  deleteOne,
  fidelity,
  forAllTenants,
  readOne,
  type Cloud,
  type Context,
  type Fidelity,
  type Step,
} from '@osm/resource';
import type { Assignment } from './assignment.ts';
import { discard, findOrCreate, isThere, undress, untilGone, untilReady } from './create-twin.ts';
import type { Record } from './record.ts';
import { withoutSecrets } from './without-secrets.ts';
import type { Workshop } from './workshop.ts';

/** What performing a step came to. */
export type StepOutputs =
  | { readonly unneeded: string }
  | {
      readonly outputs: JsonObject;
      readonly fidelity?: Fidelity;
      readonly sourceRemoved?: boolean;
    };

/** One attempt's tools: the clouds are opened when they are needed. */
interface Bench {
  readonly workshop: Workshop;
  readonly assignment: Assignment;
  readonly record: Record;
  readonly source: Cloud;
  /** The destination, with a token of the owner's project where the type wants one. */
  readonly destination: Cloud;
  readonly context: Context;
  /** The source as recorded, its secrets read again. */
  readonly attributes: JsonObject;
  readonly signal: AbortSignal;
}

/** Does what the step is for. Everything but the effect of a create request may be repeated at will. */
export const performStep = async (
  workshop: Workshop,
  assignment: Assignment,
  record: Record,
  signal: AbortSignal,
): Promise<StepOutputs> => {
  const bench = await setUp(workshop, assignment, record, signal);
  try {
    return await perform(bench);
  } catch (error) {
    throw withoutSecrets(error, secretsOf(bench));
  }
};

const perform = (bench: Bench): Promise<StepOutputs> => {
  switch (bench.assignment.step.step) {
    case 'create':
      return create(bench);
    case 'remove':
      return remove(bench);
    default:
      return runOwn(bench);
  }
};

const secretsOf = ({ assignment: { handler }, attributes }: Bench): JsonObject =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => handler.secret.includes(name)));

const setUp = async (
  workshop: Workshop,
  assignment: Assignment,
  record: Record,
  signal: AbortSignal,
): Promise<Bench> => {
  const { route, handler, plan } = assignment;
  const [source, destination] = await Promise.all([
    workshop.openCloud(route.source),
    workshop.openCloud(route.destination),
  ]);
  const extensions = handler.api.service === 'network' ? await destination.extensions() : new Set<string>();
  const reader = asReader(assignment, source);
  return {
    workshop,
    assignment,
    record,
    source: reader,
    destination: asMaker(assignment, destination),
    context: { policy: plan.policy, outputs: record.outputs(), extensions },
    attributes: await withSecrets(assignment, reader, signal),
    signal,
  };
};

/** Some services take the owner from the token alone: they need a token of the owner's project at the destination. */
const asMaker = ({ handler, plan, attributes, twinOf, step }: Assignment, cloud: Cloud): Cloud => {
  if (!plan.policy.multitenant_mode) return cloud;
  const acts = handler.actsInProject && (step.step !== 'remove' || handler.readsInProject);
  const projectId = acts ? handler.projectId(attributes) : null;
  const twin = projectId === null ? undefined : twinOf({ type: 'project', id: projectId });
  return twin === undefined ? forAllTenants(cloud, handler) : cloud.inProject(twin);
};

/** Some show what is in a resource to members of its project only. */
const asReader = ({ handler, plan, attributes }: Assignment, cloud: Cloud): Cloud => {
  if (!plan.policy.multitenant_mode) return cloud;
  const projectId = handler.readsInProject ? handler.projectId(attributes) : null;
  return projectId === null ? forAllTenants(cloud, handler) : cloud.inProject(projectId);
};

const withSecrets = async (
  { handler, ref, attributes, step }: Assignment,
  source: Cloud,
  signal: AbortSignal,
): Promise<JsonObject> => {
  // An original that is being removed may be gone already.
  if (handler.secret.length === 0 || step.step === 'remove') return attributes;
  const now = await readOne(source, handler, ref.id, signal);
  const secrets = handler.secret.filter((name) => now[name] !== undefined).map((name) => [name, now[name]]);
  return { ...attributes, ...Object.fromEntries(secrets) };
};

const create = async (bench: Bench): Promise<StepOutputs> => {
  const { assignment, record } = bench;
  if (hasTwin(record.state)) return { unneeded: 'already-migrated' };
  const destinationId = await identify(bench);
  const twin = await readyOrDiscard(bench, destinationId);
  await finish(bench, twin);
  const outputs = { destinationId, how: record.state.how ?? 'created' };
  return assignment.last ? { outputs, fidelity: await verify(bench, destinationId, outputs) } : { outputs };
};

/** The twin's id, recorded before anything else is done with it. */
const identify = async ({ workshop, assignment, record, destination, context, attributes, signal }: Bench) => {
  const { attempt } = assignment;
  if (record.state.destinationId !== undefined && !record.state.forgotten) return record.state.destinationId;
  const intend = (): Promise<void> => record.write({ type: 'NoteAbsence', ...attempt });
  const { destinationId, how } = await findOrCreate(
    workshop,
    assignment,
    destination,
    context,
    attributes,
    intend,
    signal,
  );
  await record.write({ type: 'IdentifyTwin', ...attempt, destinationId, how });
  return destinationId;
};

const readyOrDiscard = (bench: Bench, id: string): Promise<JsonObject> => {
  const { workshop, assignment, destination, signal } = bench;
  return orDiscard(bench, () => untilReady(workshop, assignment.handler, destination, id, timeout(assignment), signal));
};

/** A twin of our making that turns out bad, or is gone, is given up: the next attempt makes another. */
const orDiscard = async <T>(bench: Bench, work: () => Promise<T>): Promise<T> => {
  const { workshop, assignment, record, destination, signal } = bench;
  const { handler, attempt } = assignment;
  try {
    return await work();
  } catch (error) {
    const id = record.state.destinationId;
    if (!isFailure(error) || id === undefined || !isOurs(record.state)) throw error;
    const bad = error.code === 'twin-failed';
    // Something else may be what is not found: then the twin stays.
    const gone = error.code === 'not-found' && !(await isThere(handler, destination, id, signal));
    if (!bad && !gone) throw error;
    if (bad) await discard(workshop, handler, destination, id, signal);
    // In one append: an attempt that has given its twin up makes no other one.
    const failure = failureRecord(withoutSecrets(error, secretsOf(bench)));
    await record.write(
      { type: 'DiscardTwin', ...attempt, reason: failure.message },
      { type: 'FailStep', ...attempt, failure },
    );
    throw error;
  }
};

const timeout = ({ handler, plan }: Assignment): number =>
  handler.api.service === 'block-storage' ? plan.policy.volume_upload_timeout : plan.policy.resource_creation_timeout;

/** Later writes on the known twin. Each is tried, so that one refusal hides no other; the first one is then told. */
const finish = async (bench: Bench, twin: JsonObject): Promise<void> => {
  const { assignment, record, destination, context, attributes, signal } = bench;
  const { handler, twinOf } = assignment;
  const reused = !isOurs(record.state);
  if (!reused) await undress(assignment, destination, twin, context, attributes, signal);
  const requests = handler.finish(attributes, twinOf, { id: handler.id(twin), body: twin, reused }, context);
  const refused: unknown[] = [];
  for (const request of requests) {
    try {
      await destination.send(handler.api.service, request, signal);
    } catch (error) {
      if (!isFailure(error) || error.disposition !== 'stop') throw error;
      refused.push(error);
    }
  }
  if (refused.length > 0) throw refused[0];
};

/** Reads the twin back and compares it with its source. */
const verify = async (
  { assignment, record, destination, context, attributes, signal }: Bench,
  destinationId: string,
  own: JsonObject,
) => {
  const { handler, twinOf, step } = assignment;
  const twin = await readOne(destination, handler, destinationId, signal);
  // The outputs of this very step are recorded only afterwards.
  const now = { ...context, outputs: { ...record.outputs(), [step.step]: own } };
  const expected = { ...handler.create(attributes, twinOf, now), ...handler.expect(attributes, twinOf, now) };
  return fidelity(
    handler,
    assignment.attributes,
    redactedTwin(assignment, twin),
    expected,
    assignment.plan.policy,
    !isOurs(record.state),
  );
};

const redactedTwin = ({ handler }: Assignment, twin: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(twin).filter(([attribute]) => !handler.secret.includes(attribute)));

const runOwn = async (bench: Bench): Promise<StepOutputs> => {
  const { workshop, assignment, record, source, destination, attributes, signal } = bench;
  const { handler, ref, route, plan, attempt, twinOf } = assignment;
  const step = ownStep(assignment);
  // A dead worker's request may still be under way: what it makes must be there when this run looks for it.
  if (wasStarted(assignment)) await workshop.clock.sleep(workshop.settleMs, signal);
  const run = (): Promise<JsonObject> =>
    step.run({
      route,
      ref,
      handler,
      attributes,
      policy: plan.policy,
      marker: marker(route, ref.type, ref.id, step.name),
      outputs: record.outputs(),
      history: record.state.settled.filter(({ planId }) => planId !== attempt.planId),
      destinationId: record.state.destinationId,
      twinOf,
      source,
      destination,
      clock: workshop.clock,
      signal,
      progress: (bytes, total) =>
        workshop.progress({ planId: attempt.planId, stepId: attempt.stepId, ref, bytes, total }),
    });
  const outputs = await (assignment.step.always ? run() : orDiscard(bench, run));
  const destinationId = record.state.destinationId;
  if (!assignment.last || destinationId === undefined) return { outputs };
  return { outputs, fidelity: await verify(bench, destinationId, outputs) };
};

/** Whether a worker before us was at this very attempt. */
const wasStarted = ({ state, attempt }: Assignment): boolean =>
  state.open.some(({ stepId, attempt: number }) => stepId === attempt.stepId && number === attempt.attempt);

const ownStep = ({ handler, attributes, plan, step }: Assignment): Step => {
  const own = handler.steps(attributes, plan.policy).map((outline) => outline.step);
  const found = [...own, ...handler.auxiliary].find((one) => one !== 'create' && one.name === step.step);
  if (found !== undefined && found !== 'create') return found;
  throw new Failure('unknown-step', `cannot run step ${step.step} of ${handler.type}: the type has no such step`, {
    remedy: 'The plan was drafted by another version: draft it again.',
  });
};

/** Removes the original, and only one whose twin we made and can still see. */
const remove = async ({ workshop, assignment, record, source, destination, signal }: Bench): Promise<StepOutputs> => {
  const { handler, ref, attributes } = assignment;
  const { state } = record;
  if (state.sourceRemoved) return { unneeded: 'already-removed' };
  const imported = state.how === 'imported' && handler.adopts !== 'unique';
  // A twin that turned out to be there before us: its original stays, and that is no failure.
  if (!hasTwin(state) || state.destinationId === undefined || !(isOurs(state) || imported))
    return { unneeded: 'not-ours' };
  await readOne(destination, handler, state.destinationId, signal);
  for (const request of handler.remove(attributes)) await source.send(handler.api.service, request, signal);
  await deleteOne(source, handler, ref.id, signal);
  await untilGone(workshop, handler, source, ref.id, timeout(assignment), signal);
  return { outputs: {}, sourceRemoved: true };
};
