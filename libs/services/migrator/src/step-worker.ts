import { RunStepShape } from '@osm/contracts';
import { runStep, type DraftedPlan, type Workshop } from '@osm/engine';
import type { Subscription } from '@osm/event-log';
import { Ports } from '@osm/platform';
import type { StepService } from '@osm/resource';

/** Reads a drafted plan from the log, or from memory. */
export type PlanOf = (planId: string) => Promise<DraftedPlan>;

/** Takes the steps of one service from the queue and runs them on the engine. */
export const workSteps = (ports: Ports, service: StepService, planOf: PlanOf): Promise<Subscription> => {
  const workshop: Workshop = {
    log: ports.log,
    clock: ports.clock,
    ids: ports.ids,
    producer: ports.producer,
    worker: `${service}@${ports.worker}`,
    handlers: ports.handlers,
    openCloud: (name) => ports.openCloud(name),
    settleMs: ports.settings.settleSeconds * 1000,
    progress: (moved) => ports.telemetry.moved(moved),
    waiting: (waiting) => ports.telemetry.waiting(waiting),
    mover: (order) => ports.mover(order),
  };
  return ports.queue.work({
    queue: service,
    slots: ports.settings.slots,
    handler: (delivery) => runStep(workshop, planOf, RunStepShape.parse(delivery.command), delivery),
  });
};
