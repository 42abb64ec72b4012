import { decodeEvent, everyMigration, everyPlan, type RecordedEvent } from '@osm/contracts';
import { openSteps, type PlanCommand } from '@osm/domain';
import type { Subscription } from '@osm/event-log';
import { failureRecord, isFailure, type FailureRecord } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { Logger } from '@nestjs/common';
import type { PlanBook } from './plan-book.ts';

/** Milliseconds between two looks at what is dispatched and unsettled: a lost command needs no special case. */
const lookAgainMs = 60_000;

/** Drives the plans: hears outcomes, and hands out what became ready. */
export const runPlans = async (ports: Ports, book: PlanBook): Promise<Subscription> => {
  const runner = await ports.log.subscribe({
    durable: 'runner',
    filter: everyMigration,
    handler: (event) => hear(book, event),
  });
  const dispatcher = await ports.log.subscribe({
    durable: 'dispatcher',
    filter: everyPlan,
    handler: (event) => dispatch(ports, event),
  });
  const ended = new AbortController();
  const looking = lookAgain(ports, book, ended.signal);
  return {
    stop: async () => {
      ended.abort();
      await Promise.all([runner.stop(), dispatcher.stop(), looking]);
    },
  };
};

const hear = async (book: PlanBook, recorded: RecordedEvent): Promise<void> => {
  const event = decodeEvent(recorded);
  switch (event.type) {
    case 'StepSucceeded':
    case 'StepUnneeded':
      return settle(book, recorded, event.data, 'succeeded');
    case 'StepFailed':
      return settle(book, recorded, event.data, 'failed', event.data.failure);
    default:
      return undefined;
  }
};

const settle = async (
  book: PlanBook,
  { id }: RecordedEvent,
  { planId, stepId, attempt }: { readonly planId: string; readonly stepId: string; readonly attempt: number },
  outcome: 'succeeded' | 'failed',
  failure?: FailureRecord,
): Promise<void> => {
  const command: PlanCommand = { type: 'HearOutcome', stepId, attempt, outcome, failure };
  try {
    await book.decide(planId, command, undefined, id);
  } catch (error) {
    // The line stops for one plan only: it is paused with the cause, and the others go on.
    if (!isFailure(error)) throw error;
    await book.decide(planId, { type: 'PausePlan', by: 'system', reason: error.message });
  }
};

const dispatch = async ({ queue }: Ports, recorded: RecordedEvent): Promise<void> => {
  const event = decodeEvent(recorded);
  if (event.type !== 'StepDispatched') return;
  const { stepId, attempt, service } = event.data;
  await enqueue(queue, recorded.correlation ?? '', stepId, attempt, service);
};

const enqueue = async (queue: Ports['queue'], planId: string, stepId: string, attempt: number, service: string) =>
  queue.enqueue(service, `${planId}/${stepId}/${attempt}`, { planId, stepId, attempt });

/** What a plan says is dispatched and unsettled goes into the queue again: refused there, or found settled, if it is not lost. */
const lookAgain = async (ports: Ports, book: PlanBook, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    try {
      for (const planId of await runningPlans(ports)) await reconsider(ports, book, planId);
    } catch (error) {
      // The log may be out of reach for a while; the next look makes up for this one.
      logger.warn(`cannot look at the running plans: ${failureRecord(error).message}`);
    }
    await pause(ports, signal);
  }
};

const logger = new Logger('planner');

const reconsider = async (ports: Ports, book: PlanBook, planId: string): Promise<void> => {
  const { state } = await book.decide(planId, { type: 'Reconsider' });
  for (const { step, attempt } of openSteps(state)) await enqueue(ports.queue, planId, step.id, attempt, step.service);
};

const pause = async ({ clock }: Ports, signal: AbortSignal): Promise<void> => {
  try {
    await clock.sleep(lookAgainMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const runningPlans = async ({ log }: Ports): Promise<readonly string[]> => {
  const running = new Set<string>();
  for await (const event of log.read({ filter: everyPlan })) {
    const planId = event.correlation ?? '';
    if (event.type === 'PlanStarted' || event.type === 'StepRetryRequested') running.add(planId);
    if (event.type === 'PlanCompleted' || event.type === 'PlanCancelled') running.delete(planId);
  }
  return [...running];
};
