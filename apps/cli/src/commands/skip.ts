import { stepOf } from '@osm/domain';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { sayToPlan } from '../say-to-plan.ts';

interface Options {
  readonly step: string;
  readonly reason: string;
}

/** `skip PLAN --step ID`: does without a step that has failed or waits, and without what stands on it. */
export const skip = async (context: Context, { step: stepId, reason }: Options, text = ''): Promise<number> => {
  const { plan, state } = await sayToPlan(context, text, (by) => ({ type: 'SkipStep', stepId, by, reason }));
  const { io } = context;
  const when = stepOf(state, stepId)?.status === 'waiting' ? ' when its turn comes' : '';
  io.out(
    `${stepId} of plan ${plan.planId} is skipped${when}, and with it what stands on it; nothing is removed for it\n`,
  );
  return exitCode.done;
};
