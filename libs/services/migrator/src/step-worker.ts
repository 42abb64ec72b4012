import { RunStepShape, type RunStep } from '@osm/contracts';
import { runStep, type DraftedPlan, type Workshop } from '@osm/engine';
import type { Delivery, Handled, Subscription } from '@osm/event-log';
import { slotsOf, type Ports } from '@osm/platform';
import type { StepService } from '@osm/resource';
import { placesOf } from './places-of.ts';
import { stepReport, type StepReport } from './step-report.ts';

/** Reads a drafted plan from the log, or from memory. */
export type PlanOf = (planId: string) => Promise<DraftedPlan>;

/** Takes the steps of one service from the queue and runs them on the engine, each once its places are free. */
export const workSteps = async (ports: Ports, service: StepService, planOf: PlanOf): Promise<Subscription> => {
  const stopping = new AbortController();
  const run = async (command: RunStep, delivery: Delivery, report: StepReport): Promise<Handled> => {
    const leave = await takePlaces(ports, planOf, command, report, AbortSignal.any([delivery.signal, stopping.signal]));
    // Nothing was begun: whoever works next may have it at once.
    if (leave === undefined) return { again: 0 };
    try {
      return await runStep(workshopOf(ports, service, report), planOf, command, delivery);
    } finally {
      leave();
    }
  };
  const working = await ports.queue.work({
    queue: service,
    slots: slotsOf(ports.settings.slots, service),
    handler: async (delivery) => {
      const command = RunStepShape.parse(delivery.command);
      const report = stepReport(ports, command);
      let handled: Handled | undefined;
      try {
        handled = await run(command, delivery, report);
        return handled;
      } finally {
        report.ended(handled);
      }
    },
  });
  return {
    stop: () => {
      stopping.abort();
      return working.stop();
    },
  };
};

/** Waits for the step's places; undefined where the process is told to stop before. */
const takePlaces = async (
  ports: Ports,
  planOf: PlanOf,
  { planId, stepId }: RunStep,
  report: StepReport,
  signal: AbortSignal,
): Promise<(() => void) | undefined> => {
  const plan = await planOf(planId);
  const step = plan.steps.get(stepId);
  const places = step === undefined ? [] : await placesOf(ports, plan, step);
  try {
    const waiting = (what: string): void => report.waiting(what);
    return await ports.places.take({ places, priority: plan.policy.priority, signal, waiting });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
};

const workshopOf = (ports: Ports, service: StepService, report: StepReport): Workshop => ({
  log: ports.log,
  clock: ports.clock,
  ids: ports.ids,
  producer: ports.producer,
  worker: `${service}@${ports.worker}`,
  handlers: ports.handlers,
  openCloud: (name) => ports.openCloud(name),
  settleMs: ports.settings.settleSeconds * 1000,
  progress: ({ bytes, total }) => report.moved(bytes, total),
  waiting: ({ what, until }) => report.waiting(what, until),
  mover: (order) => ports.mover(order),
});
