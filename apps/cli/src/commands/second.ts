import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { sayToPlan } from '../say-to-plan.ts';

/** `second PLAN`: another person than the one who has approved a plan that deletes agrees to it. */
export const second = async (
  context: Context,
  { reason }: { readonly reason?: string },
  text = '',
): Promise<number> => {
  const { plan } = await sayToPlan(context, text, (by, { digest = '' }) => ({
    type: 'SecondPlan',
    digest,
    by,
    reason,
  }));
  const { io, settings } = context;
  io.out(`plan ${plan.planId} is seconded by ${settings.actor}\n`);
  io.out(`start it: openstack-migrate apply ${plan.digest ?? plan.planId}\n`);
  return exitCode.done;
};
