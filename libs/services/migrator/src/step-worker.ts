import { RunStepShape, type RunStep } from '@osm/contracts';
import { runStep, type DraftedPlan, type Workshop } from '@osm/engine';
import type { Delivery, Handled, Subscription } from '@osm/event-log';
import { slotsOf, type Ports } from '@osm/platform';
import type { StepService } from '@osm/resource';
import { obeyCancels, type Cancels } from './obey-cancels.ts';
import { placesOf } from './places-of.ts';
import { stepReport, type StepReport } from './step-report.ts';

/** Reads a drafted plan from the log, or from memory. */
export type PlanOf = (planId: string) => Promise<DraftedPlan>;

/** Takes the steps of one service from the queue and runs them on the engine, each once its places are free. */
export const workSteps = async (
  ports: Ports,
  service: StepService,
  planOf: PlanOf,
  cancels: Cancels = obeyCancels(ports),
): Promise<Subscription> => {
  const stopping = new AbortController();
  const run = async (
    command: RunStep,
    delivery: Pick<Delivery, 'deliveries' | 'signal'>,
    report: StepReport,
  ): Promise<Handled> => {
    const leave = await takePlaces(ports, planOf, command, report, AbortSignal.any([delivery.signal, stopping.signal]));
    // Nothing was begun: whoever works next may have it at once.
    if (leave === undefined) return { again: 0 };
    try {
      return await runStep(workshopOf(ports, service, report), planOf, command, delivery);
    } finally {
      leave();
    }
  };
  /** The step, as long as nobody cancels its plan. */
  const runUntilCancelled = async (command: RunStep, delivery: Delivery, report: StepReport): Promise<Handled> => {
    const plan = await planOf(command.planId);
    if (plan.steps.get(command.stepId)?.always === true) return run(command, delivery, report);
    const { signal: cancelled, release } = cancels.hold(command.planId, plan);
    try {
      const { deliveries } = delivery;
      const signal = AbortSignal.any([delivery.signal, cancelled]);
      // Begins nothing, and waits for no place: it only sees whether the step was given up yet.
      const look = (): Promise<Handled> =>
        runStep(workshopOf(ports, service, report), planOf, command, { deliveries, signal });
      if (signal.aborted) return await look();
      const handled = await run(command, { deliveries, signal }, report);
      // The word may have come while it waited for its places, and every time again.
      return cancelled.aborted && handled !== 'done' ? await look() : handled;
    } finally {
      release();
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
        handled = await runUntilCancelled(command, delivery, report);
        return handled;
      } finally {
        report.ended(handled);
      }
    },
  });
  return {
    stop: () => {
      stopping.abort();
      return Promise.all([working.stop(), cancels.stop()]).then(() => undefined);
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
