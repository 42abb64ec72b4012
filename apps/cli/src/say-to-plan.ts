import { planSubject } from '@osm/contracts';
import { plan as rules, type PlanCommand, type PlanState } from '@osm/domain';
import { transact, type EventLog } from '@osm/event-log';
import { systemClock, systemIds } from '@osm/platform';
import type { Context } from './context.ts';
import { knownPlans, planNamed, type KnownPlan } from './known-plans.ts';
import { openLog } from './open-log.ts';
import { version } from './version.ts';

/** A plan that was told something, and how it stands since. */
export interface ToldPlan {
  readonly plan: KnownPlan;
  readonly state: PlanState;
}

/**
 * Says a word to a plan, through the log: the process that runs the plan hears it there, this one or another, now or when
 * it starts. Raises what the plan refuses, and `no-such-plan`.
 */
export const sayToPlan = async (
  { settings }: Context,
  text: string,
  wordOf: (by: string, plan: KnownPlan) => PlanCommand,
): Promise<ToldPlan> => {
  const { log, close } = await openLog(settings, 'a word beside');
  try {
    const plan = planNamed(await knownPlans(log), text);
    const { actor: by } = settings;
    const provenance = { producer: `openstack-migrate/${version}`, correlation: plan.planId, actor: by };
    const recorder = { log, clock: systemClock, ids: systemIds, provenance };
    const { state } = await transact(recorder, rules, planSubject(plan.planId), wordOf(by, plan));
    return { plan, state };
  } finally {
    await close();
  }
};

/** The plan that is meant, and the log that it is in, to look at. */
export const lookAtPlan = async <Result>(
  { settings }: Context,
  text: string,
  look: (plan: KnownPlan, log: EventLog) => Promise<Result>,
): Promise<Result> => {
  const { log, close } = await openLog(settings, 'reading');
  try {
    return await look(planNamed(await knownPlans(log), text), log);
  } finally {
    await close();
  }
};
