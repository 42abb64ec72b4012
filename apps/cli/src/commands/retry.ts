import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { runPlan } from '../run-plan.ts';
import { sayToPlan } from '../say-to-plan.ts';

interface Options {
  readonly step?: string;
  readonly reason: string;
}

/** `retry PLAN`: tries again what has failed, or one step, and shows it as `apply` does. */
export const retry = async (context: Context, { step: stepId, reason }: Options, text = ''): Promise<number> => {
  const { plan, state } = await sayToPlan(context, text, (by) =>
    stepId === undefined ? { type: 'RetryFailed', by, reason } : { type: 'RetryStep', stepId, by, reason },
  );
  const { io } = context;
  if (state.status === 'completed') {
    io.out(`nothing of plan ${plan.planId} is to be tried again\n`);
    return exitCode.done;
  }
  if (state.status === 'paused') {
    io.out(`plan ${plan.planId} is paused; go on with it: openstack-migrate resume ${plan.planId}\n`);
    return exitCode.done;
  }
  const code = await runPlan(context, plan);
  if (code !== undefined) return code;
  io.out('another process has the data directory, and runs it\n');
  return exitCode.done;
};
