import { decodeEvent, everyPlan, type PlanRequest } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import { equalJson } from '@osm/kernel';

/** A plan that was started and is neither completed nor cancelled: what a crash or an impatient person left. */
export interface Unfinished {
  readonly planId: string;
  readonly request: PlanRequest;
  readonly paused: boolean;
}

/** Every plan that goes on as soon as somebody runs it. */
export const unfinishedPlans = async (log: EventLog): Promise<readonly Unfinished[]> => {
  const requests = new Map<string, PlanRequest>();
  const started = new Map<string, { readonly paused: boolean }>();
  for await (const recorded of log.read({ filter: everyPlan })) {
    const planId = recorded.correlation ?? '';
    const event = decodeEvent(recorded);
    if (event.type === 'PlanRequested') {
      const { asOf: _asOf, by: _by, ...request } = event.data;
      requests.set(planId, request);
    }
    if (event.type === 'PlanStarted' || event.type === 'PlanResumed' || event.type === 'StepRetryRequested') {
      started.set(planId, { paused: false });
    }
    if (event.type === 'PlanPaused') started.set(planId, { paused: true });
    if (event.type === 'PlanCompleted' || event.type === 'PlanCancelled') started.delete(planId);
  }
  return [...started].flatMap(([planId, { paused }]) => {
    const request = requests.get(planId);
    return request === undefined ? [] : [{ planId, request, paused }];
  });
};

/** The unfinished plan of the very same request. */
export const sameRequest = (plans: readonly Unfinished[], request: PlanRequest): Unfinished | undefined =>
  plans.find((plan) => equalJson(plan.request, request));
