import { hasTwin, isOurs } from '@osm/domain';
import { Failure, isFailure, marker, type JsonObject } from '@osm/kernel';
import type { Fidelity, Step } from '@osm/resource';
import type { Assignment } from './assignment.ts';
import { secretsOf, setUp, timeout, type Bench } from './bench.ts';
import { findOrCreate, undress, untilReady } from './create-twin.ts';
import { hasToMakeAnother, makeAnother, orGiveUp } from './give-up-twin.ts';
import type { Record } from './record.ts';
import { removeOriginal } from './remove-original.ts';
import { rollBackTwin } from './roll-back-twin.ts';
import { verify, withOwn } from './verify.ts';
import { withoutSecrets } from './without-secrets.ts';
import type { Workshop } from './workshop.ts';

/** What performing a step came to. */
export type StepOutputs =
  | { readonly unneeded: string }
  | {
      readonly outputs: JsonObject;
      readonly fidelity?: Fidelity;
      readonly sourceRemoved?: boolean;
      /** The twin that is gone again. */
      readonly rolledBack?: string;
    };

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
      return removeOriginal(bench);
    case 'roll-back':
      return rollBackTwin(bench);
    default:
      return runOwn(bench);
  }
};

const create = async (bench: Bench): Promise<StepOutputs> => {
  const { assignment, record } = bench;
  if (hasTwin(record.state)) return { unneeded: 'already-migrated' };
  const outputs = { destinationId: await make(bench), how: record.state.how ?? 'created' };
  return assignment.last
    ? { outputs, fidelity: await verify(bench, outputs.destinationId, withOwn(bench, outputs)) }
    : { outputs };
};

/** Makes the twin, or finds it, and answers its id when the cloud has finished it and it has all later writes. */
const make = async (bench: Bench): Promise<string> => {
  const destinationId = await identify(bench);
  await finish(bench, await ready(bench, destinationId));
  return destinationId;
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

const ready = (bench: Bench, id: string): Promise<JsonObject> => {
  const { workshop, assignment, destination, signal } = bench;
  return orGiveUp(bench, () => untilReady(workshop, assignment.handler, destination, id, timeout(assignment), signal));
};

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

const runOwn = async (bench: Bench): Promise<StepOutputs> => {
  const { workshop, assignment, record, source, destination, attributes, signal } = bench;
  const { handler, ref, route, plan, attempt, twinOf } = assignment;
  const step = ownStep(assignment);
  // A dead worker's request may still be under way: what it makes must be there when this run looks for it.
  if (wasStarted(assignment) || collectsUnfinished(assignment)) await workshop.clock.sleep(workshop.settleMs, signal);
  if (!step.always && hasToMakeAnother(bench)) await makeAnother(bench, () => make(bench));
  const { planId, stepId } = attempt;
  const progress = (bytes: number, total: number | undefined): void =>
    workshop.progress({ planId, stepId, ref, bytes, total });
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
      planId,
      progress,
      move: workshop.mover({ route, signal, progress }),
      waiting: (what, until) => workshop.waiting({ planId, stepId, ref, what, until }),
      strategy: assignment.step.strategy?.name,
    });
  const outputs = await (assignment.step.always ? run() : orGiveUp(bench, run));
  const destinationId = record.state.destinationId;
  if (!assignment.last || destinationId === undefined) return { outputs };
  return { outputs, fidelity: await verify(bench, destinationId, withOwn(bench, outputs)) };
};

/** Whether a worker before us was at this very attempt, or an earlier one, of whatever plan, ended in the middle of its work. */
const wasStarted = ({ state, attempt }: Assignment): boolean =>
  state.open.some(({ stepId, attempt: number }) => stepId === attempt.stepId && number === attempt.attempt) ||
  isUnfinished(state.settled.findLast(({ stepId }) => stepId === attempt.stepId)?.outcome);

const isUnfinished = (outcome: string | undefined): boolean => outcome === 'failed' || outcome === 'abandoned';

/** Whether a step before us ended in the middle of its work: what it asked for last may still come. */
const collectsUnfinished = ({ state, attempt, step }: Assignment): boolean =>
  step.always && state.settled.some(({ planId, outcome }) => planId === attempt.planId && isUnfinished(outcome));

const ownStep = ({ handler, attributes, plan, step }: Assignment): Step => {
  const own = handler.steps(attributes, plan.policy).map((outline) => outline.step);
  const found = [...own, ...handler.auxiliary].find((one) => one !== 'create' && one.name === step.step);
  if (found !== undefined && found !== 'create') return found;
  throw new Failure('unknown-step', `cannot run step ${step.step} of ${handler.type}: the type has no such step`, {
    remedy: 'The plan was drafted by another version: draft it again.',
  });
};
