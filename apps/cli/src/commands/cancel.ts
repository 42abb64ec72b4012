import { planSubject } from '@osm/contracts';
import { plan as rules, plannedSteps, type PlannedStep } from '@osm/domain';
import { loadAggregate } from '@osm/event-log';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { KnownPlan } from '../known-plans.ts';
import { openLog } from '../open-log.ts';
import { runPlan, waitBeside } from '../run-plan.ts';
import { sayToPlan } from '../say-to-plan.ts';
import { counted } from '../words.ts';

/** `cancel PLAN`: ends it, and resolves when all that it has borrowed or made for a while is collected. */
export const cancel = async (
  context: Context,
  { reason }: { readonly reason?: string },
  text = '',
): Promise<number> => {
  const { plan, state } = await sayToPlan(context, text, (by) => ({ type: 'CancelPlan', by, reason }));
  const { io } = context;
  if (state.status === 'cancelled') {
    io.out(`plan ${plan.planId} is cancelled\n`);
    return exitCode.done;
  }
  if ((await runPlan(context, plan)) === undefined) {
    io.out(`plan ${plan.planId} is being cancelled by the process that runs it\n`);
    // That one may end before it has heard: then it is done here.
    while (!(await waitBeside(context, plan.planId, 'PlanCancelled'))) if (await isRunHere(context, plan)) break;
    io.out(`plan ${plan.planId} is cancelled; what it has made stays, and the same command goes on with it\n`);
  }
  return told(context, plan, await uncollected(context, plan));
};

const isRunHere = async (context: Context, plan: KnownPlan): Promise<boolean> =>
  (await runPlan(context, plan)) !== undefined;

/** What collects is tried for long before it fails: then a person has to look. */
const uncollected = async ({ settings }: Context, { planId }: KnownPlan): Promise<readonly PlannedStep[]> => {
  const { log, close } = await openLog(settings, 'reading');
  try {
    const { state } = await loadAggregate(log, rules, planSubject(planId));
    return plannedSteps(state).filter(({ step, status }) => step.always && status === 'failed');
  } finally {
    await close();
  }
};

const told = ({ io }: Context, { planId }: KnownPlan, failed: readonly PlannedStep[]): number => {
  if (failed.length === 0) return exitCode.done;
  io.err(`${counted(failed.length, 'step')} that collect what was made for a while have failed:\n`);
  for (const { step } of failed) io.err(`  ${step.id}\n`);
  io.err(`Look at the failures: openstack-migrate events; then: openstack-migrate retry ${planId}\n`);
  return exitCode.partly;
};
