import type { RunStep } from '@osm/contracts';
import { otherPlansStep, settledStep, type Attempt, type MigrationCommand } from '@osm/domain';
import { Conflict, isLogTrouble, type Handled } from '@osm/event-log';
import { failureRecord, isFailure, type Failure } from '@osm/kernel';
import { loadAssignment, loadDocket, type DraftedPlan } from './assignment.ts';
import { performStep, type StepOutputs } from './perform-step.ts';
import { Record } from './record.ts';
import type { Workshop } from './workshop.ts';

/** A command of the queue, in the hands of this worker. */
export interface StepDelivery {
  readonly deliveries: number;
  readonly signal: AbortSignal;
}

/** How often a failure that may pass is tried again before the step fails for good. */
const patience = 8;

/**
 * Runs one attempt at one step, with its effect at most once and its outcome exactly once:
 * intent, look-up, effect, outcome, each recorded under the fence. `done` means that the outcome is in the log.
 */
export const runStep = async (
  workshop: Workshop,
  planOf: (planId: string) => Promise<DraftedPlan>,
  command: RunStep,
  delivery: StepDelivery,
): Promise<Handled> => {
  const docket = await loadDocket(workshop, planOf, command);
  if (docket === undefined) return 'done';
  const { attempt, state } = docket;
  if (settledStep(state, attempt) !== undefined) return 'done';
  // Told to stop before it has begun: the lease is lost, or the plan is cancelled and the step about to be given up.
  if (delivery.signal.aborted) return { again: 500 };
  if (otherPlansStep(state, attempt.planId) !== undefined) return { again: 2000 };
  const record = new Record(workshop, docket);
  try {
    const assignment = await loadAssignment(workshop, docket);
    await record.write({ type: 'StartStep', ...attempt, delivery: delivery.deliveries, worker: workshop.worker });
    const outputs = await performStep(workshop, assignment, record, delivery.signal);
    await record.write(...outcome(attempt, outputs));
    return 'done';
  } catch (error) {
    return afterFailure(attempt, record, delivery, error);
  }
};

const outcome = (attempt: Attempt, outputs: StepOutputs): readonly MigrationCommand[] => {
  if ('unneeded' in outputs) return [{ type: 'SkipStep', ...attempt, reason: outputs.unneeded }];
  const verified: readonly MigrationCommand[] =
    outputs.fidelity === undefined
      ? []
      : [
          { type: 'VerifyTwin', planId: attempt.planId, ...outputs.fidelity },
          { type: 'CompleteMigration', planId: attempt.planId },
        ];
  const removed: readonly MigrationCommand[] =
    outputs.sourceRemoved === true ? [{ type: 'RemoveSource', planId: attempt.planId }] : [];
  const rolledBack: readonly MigrationCommand[] =
    outputs.rolledBack === undefined
      ? []
      : [{ type: 'RollBackTwin', planId: attempt.planId, destinationId: outputs.rolledBack }];
  return [...verified, ...removed, ...rolledBack, { type: 'SucceedStep', ...attempt, outputs: outputs.outputs }];
};

const afterFailure = async (
  attempt: Attempt,
  record: Record,
  delivery: StepDelivery,
  error: unknown,
): Promise<Handled> => {
  // Fenced: whoever wrote instead of us has the step in hand, or has settled it already.
  if (error instanceof Conflict) return { again: 1000 };
  if (delivery.signal.aborted) return { again: 1000 };
  // Nothing can be recorded for a while: that is no fault of the step, however long it lasts.
  if (isLogTrouble(error)) return { again: 2000 };
  const transient = isFailure(error) && error.disposition !== 'stop';
  if (transient && delivery.deliveries < patience) {
    return { again: pauseBefore(delivery.deliveries, error) };
  }
  try {
    await record.write({ type: 'FailStep', ...attempt, failure: failureRecord(error) });
    return 'done';
  } catch (late) {
    if (late instanceof Conflict) return { again: 1000 };
    throw late;
  }
};

/** A second, doubling up to five minutes; longer where the cloud asks for it. */
const pauseBefore = (deliveries: number, failure: Failure): number =>
  Math.max(Math.min(1000 * 2 ** (deliveries - 1), 300_000), (failure.retryAfter ?? 0) * 1000);
