import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { sayToPlan } from '../say-to-plan.ts';
import { counted } from '../words.ts';
import { openSteps } from '@osm/domain';

/** `pause PLAN`: no further step begins; what is under way may end. */
export const pause = async (context: Context, { reason }: { readonly reason?: string }, text = ''): Promise<number> => {
  const { plan, state } = await sayToPlan(context, text, (by) => ({ type: 'PausePlan', by, reason }));
  const { io } = context;
  const open = openSteps(state).length;
  const may = open === 0 ? 'nothing is under way' : `${counted(open, 'step')} under way may end`;
  io.out(`plan ${plan.planId} is paused: ${may}\n`);
  io.out(`go on with it: openstack-migrate resume ${plan.planId}\n`);
  return exitCode.done;
};
