import { migrationSubject } from '@osm/contracts';
import { migration, type PlannedStep, type PlanState } from '@osm/domain';
import { transact } from '@osm/event-log';
import type { Ports } from '@osm/platform';

/**
 * Gives up the open steps of a cancelled plan: the queue forgets those that nobody has taken, and the abandonment in each
 * migration's own stream fences whoever still runs one.
 */
export const abandon = async (
  ports: Ports,
  planId: string,
  { request }: PlanState,
  open: readonly PlannedStep[],
  by: string,
): Promise<void> => {
  if (request === undefined) return;
  const { log, clock, ids, producer, queue } = ports;
  const recorder = { log, clock, ids, provenance: { producer, correlation: planId, actor: by } };
  const services = new Set(open.map(({ step }) => step.service));
  for (const service of services) await queue.withdraw(service, `${planId}/`);
  for (const { step, attempt } of open) {
    await transact(recorder, migration, migrationSubject(request.route, step.ref), {
      type: 'AbandonStep',
      planId,
      stepId: step.id,
      step: step.step,
      attempt,
      by,
      reason: 'the plan was cancelled',
    });
  }
};
