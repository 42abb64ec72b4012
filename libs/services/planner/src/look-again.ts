import { decodeEvent, migrationSubject, plannerQueue } from '@osm/contracts';
import { openSteps, type PlannedStep, type RequestedPlan } from '@osm/domain';
import { failureRecord } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { Logger } from '@nestjs/common';
import { abandon } from './abandon.ts';
import { enqueueStep } from './enqueue-step.ts';
import { outcomeOf } from './outcome-of.ts';
import type { PlanBook } from './plan-book.ts';
import type { IndexedPlan, PlanIndex } from './plan-index.ts';

/** Milliseconds between two looks. */
const lookAgainMs = 60_000;

/** Steps looked at at once. */
const parallel = 64;

/**
 * Every minute, what is under way: a draft, a command or an outcome that a crash has lost needs no special case. What was
 * not lost is refused by the queue, or found settled.
 */
export const lookAgain = async (ports: Ports, book: PlanBook, index: PlanIndex, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await attempt('look at the plans', async () => {
      for (const [planId, plan] of await index.all()) {
        if (signal.aborted) return;
        await attempt(`look at plan ${planId}`, () => lookAt(ports, book, planId, plan));
      }
    });
    await pause(ports, signal);
  }
};

/** The log may be out of reach for a while, or one plan be broken; the next look makes up for this one. */
const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    logger.warn(`cannot ${what}: ${failureRecord(error).message}`);
  }
};

const logger = new Logger('planner');

/** One plan, as `lookAgain` does. */
export const lookAt = async (ports: Ports, book: PlanBook, planId: string, { stage }: IndexedPlan): Promise<void> => {
  if (stage === 'requested') await ports.queue.enqueue(plannerQueue, planId, { planId });
  if (stage !== 'running' && stage !== 'cancelling') return;
  const { state } = await book.decide(planId, { type: 'Reconsider' });
  await abandon(ports, planId, state);
  const { request } = state;
  if (request === undefined) return;
  const open = openSteps(state);
  for (let at = 0; at < open.length; at += parallel) {
    const some = open.slice(at, at + parallel);
    await Promise.all(some.map((step) => remind(ports, book, planId, request, step)));
  }
};

/** Hears the outcome where there is one, and else has the step run. */
const remind = async (
  { log, queue }: Ports,
  book: PlanBook,
  planId: string,
  { route }: RequestedPlan,
  { step, attempt }: PlannedStep,
): Promise<void> => {
  const events = await log.load(migrationSubject(route, step.ref));
  const settled = events
    .map((event) => outcomeOf(decodeEvent(event)))
    .find((of) => of?.planId === planId && of.command.stepId === step.id && of.command.attempt === attempt);
  if (settled !== undefined) await book.decide(planId, settled.command);
  else await enqueueStep(queue, planId, { stepId: step.id, attempt, service: step.service });
};

const pause = async ({ clock }: Ports, signal: AbortSignal): Promise<void> => {
  try {
    await clock.sleep(lookAgainMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
