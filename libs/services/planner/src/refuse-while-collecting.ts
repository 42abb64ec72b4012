import { plannedSteps, type PlanState } from '@osm/domain';
import { Failure, refKey } from '@osm/kernel';
import type { PlanBook } from './plan-book.ts';
import type { PlanIndex } from './plan-index.ts';

/**
 * A plan that is being cancelled still collects what it has made for a while, and finds it by marks that the next plan of
 * the same resource puts on its own: that one must not begin before. Raises `still-cancelling`.
 */
export const refuseWhileCollecting = async (book: PlanBook, index: PlanIndex, planId: string): Promise<void> => {
  const cancelling = [...(await index.all())].filter(([id, { stage }]) => stage === 'cancelling' && id !== planId);
  if (cancelling.length === 0) return;
  const { state } = await book.load(planId);
  const wanted = new Set(plannedSteps(state).map(({ step }) => refKey(step.ref)));
  for (const [other] of cancelling) {
    const shared = busyWith((await book.load(other)).state, state).find((key) => wanted.has(key));
    if (shared === undefined) continue;
    throw new Failure(
      'still-cancelling',
      `cannot start the plan: plan ${other} is being cancelled, and ${shared} is part of both`,
      {
        remedy: 'Start it once the other one is cancelled: openstack-migrate plans tells.',
      },
    );
  }
};

/** Resources that the plan has not let go of. */
const busyWith = (plan: PlanState, { request }: PlanState): readonly string[] => {
  if (plan.status !== 'cancelling') return [];
  const { source, destination } = plan.request?.route ?? {};
  if (source !== request?.route.source || destination !== request?.route.destination) return [];
  return plannedSteps(plan)
    .filter(({ status }) => status === 'open' || status === 'waiting')
    .map(({ step }) => refKey(step.ref));
};
