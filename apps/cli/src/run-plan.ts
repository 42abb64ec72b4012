import { planSubject, type PlanEvent } from '@osm/contracts';
import { Failure, isFailure } from '@osm/kernel';
import type { Context } from './context.ts';
import { followPlan } from './follow-plan.ts';
import type { KnownPlan } from './known-plans.ts';
import { openLog } from './open-log.ts';
import { withSession } from './session.ts';
import { waitFor } from './wait-for.ts';

/**
 * Runs a plan that goes on until it is over and shows its progress; with NATS the services run it, and it is only shown.
 * Undefined where another process holds the data directory: that one runs it.
 */
export const runPlan = async (context: Context, { planId, request }: KnownPlan): Promise<number | undefined> => {
  try {
    return await withSession(context, 'running', (session) => followPlan(session, planId, request.route));
  } catch (error) {
    if (isFailure(error) && error.code === 'data-directory-in-use') return undefined;
    throw error;
  }
};

/** Milliseconds after which the process at work may have ended without having done it. */
const patience = 10_000;

/**
 * Waits, beside the process that runs the plan, until this event is in the log; false where that takes so long that the
 * process may have ended.
 */
export const waitBeside = async (
  { io, settings }: Context,
  planId: string,
  type: PlanEvent['type'],
): Promise<boolean> => {
  const { log, close } = await openLog(settings, 'reading');
  const late = AbortSignal.timeout(patience);
  try {
    const interrupted = AbortSignal.any([io.interrupted, late]);
    await waitFor({ log, interrupted }, planSubject(planId), (recorded) => recorded.type === type || undefined);
    return true;
  } catch (error) {
    if (late.aborted && !io.interrupted.aborted) return false;
    throw io.interrupted.aborted ? stoppedLooking() : error;
  } finally {
    await close();
  }
};

const stoppedLooking = (): Failure =>
  new Failure('interrupted', 'stopped looking; what was said stands', { remedy: 'The same command looks on.' });
