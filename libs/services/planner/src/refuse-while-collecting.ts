import { plannedSteps, type PlanState, type PlanStatus } from '@osm/domain';
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

/**
 * A plan that was cancelled may clear up once more only while no other works on the same resources: it would take away what
 * that one has made for a while. Raises `still-running`.
 */
export const refuseWhileOthersRun = async (book: PlanBook, index: PlanIndex, planId: string): Promise<void> => {
  const plans = await index.all();
  if (plans.get(planId)?.status !== 'cancelled') return;
  const running = [...plans].filter(([, { stage }]) => stage === 'running' || stage === 'cancelling');
  if (running.length === 0) return;
  const { state } = await book.load(planId);
  const wanted = new Set(plannedSteps(state).map(({ step }) => refKey(step.ref)));
  for (const [other] of running) {
    const shared = busyWith((await book.load(other)).state, state).find((key) => wanted.has(key));
    if (shared === undefined) continue;
    throw new Failure(
      'still-running',
      `cannot retry the plan: plan ${other} is under way, and ${shared} is part of both`,
      {
        remedy: 'Retry it once the other one has ended: openstack-migrate plans tells.',
      },
    );
  }
};

const inHand: ReadonlySet<PlanStatus> = new Set(['running', 'paused', 'cancelling']);

/** Resources that the plan has not let go of. */
const busyWith = (plan: PlanState, { request }: PlanState): readonly string[] => {
  if (!inHand.has(plan.status)) return [];
  const { source, destination } = plan.request?.route ?? {};
  if (source !== request?.route.source || destination !== request?.route.destination) return [];
  return plannedSteps(plan)
    .filter(({ status }) => status === 'open' || status === 'waiting')
    .map(({ step }) => refKey(step.ref));
};
