import { planSubject, type PlanRequest } from '@osm/contracts';
import type { PlanStatus } from '@osm/domain';
import type { EventLog } from '@osm/event-log';
import { equalJson, type Route } from '@osm/kernel';
import { knownPlans, type KnownPlan } from './known-plans.ts';
import type { Session } from './session.ts';
import { waitFor } from './wait-for.ts';

/** Every plan that was started and has not ended: it goes on as soon as somebody runs it. */
export const unfinishedPlans = async (log: EventLog): Promise<readonly KnownPlan[]> =>
  (await knownPlans(log)).filter(({ status }) => unfinished.has(status));

const unfinished: ReadonlySet<PlanStatus> = new Set(['running', 'paused', 'cancelling']);

/** The plan of the very same request that can be gone on with. */
export const sameRequest = (plans: readonly KnownPlan[], request: PlanRequest): KnownPlan | undefined =>
  plans.find((plan) => plan.status !== 'cancelling' && equalJson(plan.request, request));

/** Waits for plans of the route that are being cancelled: what they collect must not be mistaken for what comes next. */
export const untilCollected = async (session: Session, route: Route): Promise<void> => {
  for (const { planId, request, status } of await unfinishedPlans(session.log)) {
    if (status !== 'cancelling' || !equalJson(request.route, route)) continue;
    session.io.out(`plan ${planId} is being cancelled: this waits until it has collected what it has begun\n`);
    await waitFor(session, planSubject(planId), ({ type }) => type === 'PlanCancelled' || undefined);
  }
};
