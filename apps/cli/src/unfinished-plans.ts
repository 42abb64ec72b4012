import { decodeEvent, everyPlan, planSubject, type PlanRequest } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import { equalJson, type Route } from '@osm/kernel';
import type { Session } from './session.ts';
import { waitFor } from './wait-for.ts';

/** A plan that was started and is neither completed nor cancelled: what a crash or an impatient person left. */
export interface Unfinished {
  readonly planId: string;
  readonly request: PlanRequest;
  readonly paused: boolean;
  /** It only collects what it has begun. */
  readonly cancelling: boolean;
}

/** Every plan that goes on as soon as somebody runs it. */
export const unfinishedPlans = async (log: EventLog): Promise<readonly Unfinished[]> => {
  const requests = new Map<string, PlanRequest>();
  const started = new Map<string, Pick<Unfinished, 'paused' | 'cancelling'>>();
  for await (const recorded of log.read({ filter: everyPlan })) {
    const planId = recorded.correlation ?? '';
    const event = decodeEvent(recorded);
    if (event.type === 'PlanRequested') {
      const { asOf: _asOf, by: _by, ...request } = event.data;
      requests.set(planId, request);
    }
    if (event.type === 'PlanStarted' || event.type === 'PlanResumed' || event.type === 'StepRetryRequested') {
      started.set(planId, { paused: false, cancelling: false });
    }
    if (event.type === 'PlanPaused') started.set(planId, { paused: true, cancelling: false });
    if (event.type === 'PlanCancelling') started.set(planId, { paused: false, cancelling: true });
    if (event.type === 'PlanCompleted' || event.type === 'PlanCancelled') started.delete(planId);
  }
  return [...started].flatMap(([planId, stage]) => {
    const request = requests.get(planId);
    return request === undefined ? [] : [{ planId, request, ...stage }];
  });
};

/** The plan of the very same request that can be gone on with. */
export const sameRequest = (plans: readonly Unfinished[], request: PlanRequest): Unfinished | undefined =>
  plans.find((plan) => !plan.cancelling && equalJson(plan.request, request));

/** Waits for plans of the route that are being cancelled: what they collect must not be mistaken for what comes next. */
export const untilCollected = async (session: Session, route: Route): Promise<void> => {
  for (const { planId, request, cancelling } of await unfinishedPlans(session.log)) {
    if (!cancelling || !equalJson(request.route, route)) continue;
    session.io.out(`plan ${planId} is being cancelled: this waits until it has collected what it has begun\n`);
    await waitFor(session, planSubject(planId), ({ type }) => type === 'PlanCancelled' || undefined);
  }
};
