import { decodeEvent, everyMigration, everyPlan, parseSubject, type RecordedEvent } from '@osm/contracts';
import type { Subscription } from '@osm/event-log';
import { failureRecord, isFailure } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { Logger } from '@nestjs/common';
import { abandon } from './abandon.ts';
import { enqueueStep } from './enqueue-step.ts';
import { lookAgain } from './look-again.ts';
import { outcomeOf } from './outcome-of.ts';
import type { PlanBook } from './plan-book.ts';
import type { PlanIndex } from './plan-index.ts';

/** Drives the plans: hears outcomes, and hands out what became ready. */
export const runPlans = async (ports: Ports, book: PlanBook, index: PlanIndex): Promise<Subscription> => {
  const runner = await ports.log.subscribe({
    durable: 'runner',
    filter: everyMigration,
    handler: (event) => hear(book, event),
  });
  const dispatcher = await ports.log.subscribe({
    durable: 'dispatcher',
    filter: everyPlan,
    handler: (event) => dispatch(ports, book, event),
  });
  const ended = new AbortController();
  const looking = lookAgain(ports, book, index, ended.signal);
  return {
    stop: async () => {
      ended.abort();
      await Promise.all([runner.stop(), dispatcher.stop(), looking]);
    },
  };
};

const hear = async (book: PlanBook, recorded: RecordedEvent): Promise<void> => {
  const heard = outcomeOf(decodeEvent(recorded));
  if (heard === undefined) return;
  try {
    await book.decide(heard.planId, heard.command, undefined, recorded.id);
  } catch (error) {
    // A log that is out of reach is no fault of the plan's.
    if (!isRefusal(error)) throw error;
    await setAside(book, heard.planId, error.message);
  }
};

/** The line stops for one plan only: it is paused with the cause, and the others go on. */
const setAside = async (book: PlanBook, planId: string, reason: string): Promise<void> => {
  try {
    await book.decide(planId, { type: 'PausePlan', by: 'system', reason });
    logger.error(`plan ${planId} is paused: ${reason}`);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // It does not run, so there is nothing to pause; the log keeps the outcome.
    logger.error(`plan ${planId} could not hear an outcome: ${reason}; and ${failureRecord(error).message}`);
  }
};

const isRefusal = (error: unknown): error is Error => isFailure(error) && error.disposition === 'stop';

const logger = new Logger('planner');

const dispatch = async (ports: Ports, book: PlanBook, recorded: RecordedEvent): Promise<void> => {
  const subject = parseSubject(recorded.subject);
  if (subject.aggregate !== 'plan') return;
  const { planId } = subject;
  const event = decodeEvent(recorded);
  if (event.type === 'StepDispatched') await enqueueStep(ports.queue, planId, event.data);
  if (event.type !== 'PlanCancelling' && event.type !== 'PlanCancelled') return;
  // Whoever cancelled it may be another process, or have crashed in the middle; all that it had dispatched is in the queue
  // by now.
  const { state } = await book.decide(planId, { type: 'Reconsider' });
  await abandon(ports, planId, state);
};
