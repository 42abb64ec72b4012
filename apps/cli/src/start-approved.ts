import { isFailure } from '@osm/kernel';
import type { Session } from './session.ts';

/** Starts a plan that is approved; false, with what is waited for, where a second person has to agree first. */
export const startApproved = async (
  { asker, io, settings }: Session,
  planId: string,
  digest: string,
): Promise<boolean> => {
  try {
    await asker.ask('planner.start', { planId, by: settings.actor });
    return true;
  } catch (error) {
    if (!isFailure(error) || error.code !== 'needs-second') throw error;
    io.out(`plan ${planId} is approved and deletes: nothing is done before a second person agrees\n`);
    io.out(`another one than the one who has approved it: openstack-migrate second ${planId}\n`);
    io.out(`then start it: openstack-migrate apply ${digest}\n`);
    return false;
  }
};
