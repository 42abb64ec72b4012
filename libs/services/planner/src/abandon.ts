import { migrationSubject } from '@osm/contracts';
import { migration, openSteps, stepsToGiveUp, type PlannedStep, type PlanState } from '@osm/domain';
import { transact } from '@osm/event-log';
import type { Ports } from '@osm/platform';
import { enqueueStep } from './enqueue-step.ts';

/** Steps given up at once: a plan may have thousands open. */
const parallel = 64;

/**
 * Gives up the open steps of a plan that is being cancelled, but for those that collect: the queue forgets what nobody has
 * taken, and the abandonment in each migration's own stream fences whoever still runs one. The plan hears of it as of an
 * outcome. May be repeated.
 */
export const abandon = async (ports: Ports, planId: string, state: PlanState): Promise<void> => {
  const { request, cancel } = state;
  const by = cancel?.by ?? 'system';
  if (request === undefined) return;
  const { log, clock, ids, producer, queue } = ports;
  const recorder = { log, clock, ids, provenance: { producer, correlation: planId, actor: by } };
  const open = stepsToGiveUp(state);
  if (open.length === 0) return;
  const services = new Set(open.map(({ step }) => step.service));
  for (const service of services) await queue.withdraw(service, `${planId}/`);
  // What collects was perhaps withdrawn with the others.
  for (const { step, attempt } of openSteps(state)) {
    if (step.always) await enqueueStep(queue, planId, { stepId: step.id, attempt, service: step.service });
  }
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
