import { migrationSubject } from '@osm/contracts';
import { migration, openSteps, type PlannedStep, type PlanState } from '@osm/domain';
import { transact } from '@osm/event-log';
import type { Ports } from '@osm/platform';

/** Steps given up at once: a plan may have thousands open. */
const parallel = 64;

/**
 * Gives up the open steps of a cancelled plan: the queue forgets those that nobody has taken, and the abandonment in each
 * migration's own stream fences whoever still runs one. May be repeated.
 */
export const abandon = async (ports: Ports, planId: string, state: PlanState, by: string): Promise<void> => {
  const { request } = state;
  if (request === undefined) return;
  const { log, clock, ids, producer, queue } = ports;
  const recorder = { log, clock, ids, provenance: { producer, correlation: planId, actor: by } };
  const open = openSteps(state);
  const services = new Set(open.map(({ step }) => step.service));
  for (const service of services) await queue.withdraw(service, `${planId}/`);
  const giveUp = ({ step, attempt }: PlannedStep) =>
    transact(recorder, migration, migrationSubject(request.route, step.ref), {
      type: 'AbandonStep',
      planId,
      stepId: step.id,
      step: step.step,
      attempt,
      by,
      reason: 'the plan was cancelled',
    });
  for (let at = 0; at < open.length; at += parallel) await Promise.all(open.slice(at, at + parallel).map(giveUp));
};
