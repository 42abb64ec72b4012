import { planSubject } from '@osm/contracts';
import { followLog } from '@osm/testing/harness';
import type { Stage } from './stage.ts';

/** How a plan ended. */
export interface Totals {
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Has all failed steps of a completed plan tried again, and waits until it is completed again. */
export const retry = async ({ asker, log }: Stage, planId: string): Promise<Totals> => {
  const after = await log.head();
  await asker.ask('planner.retry', { planId, by: 'e2e', reason: 'what was in the way is gone' });
  const { event } = await followLog(log, (heard) => heard.event.type === 'PlanCompleted', {
    ...{ after, filter: planSubject(planId), withinMs: 240_000, what: `the end of plan ${planId}` },
  });
  if (event.type !== 'PlanCompleted') throw new TypeError(`${event.type} is no end of a plan`);
  return event.data;
};
