import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { runPlan } from '../run-plan.ts';
import { sayToPlan } from '../say-to-plan.ts';

/** `resume PLAN`: goes on with a paused plan, and shows it as `apply` does. */
export const resume = async (context: Context, _options: object, text = ''): Promise<number> => {
  const { plan } = await sayToPlan(context, text, (by) => ({ type: 'ResumePlan', by }));
  const { io } = context;
  io.out(`plan ${plan.planId} goes on\n`);
  const code = await runPlan(context, plan);
  if (code !== undefined) return code;
  io.out('another process has the data directory, and runs it\n');
  return exitCode.done;
};
