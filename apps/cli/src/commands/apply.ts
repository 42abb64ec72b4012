import type { PlanRow } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { followPlan } from '../follow-plan.ts';
import { withSession, type Session } from '../session.ts';
import { startApproved } from '../start-approved.ts';
import { untilCollected } from '../unfinished-plans.ts';
import { wrongUse } from '../wrong-use.ts';

/** `apply DIGEST`. */
export const apply = async (context: Context, _options: object, digest = ''): Promise<number> => {
  if (!/^[0-9a-f]{8,64}$/.test(digest)) {
    throw wrongUse(`${digest} is no digest of a plan`, 'Name the digest that `openstack-migrate plan` has shown.');
  }
  return withSession(context, 'running', async (session) => {
    const { asker, settings, io } = session;
    const row = planOf(await asker.ask('registry.plans', {}), digest);
    const by = settings.actor;
    const planId = row.plan_id;
    if (row.status === 'completed') {
      io.out(`plan ${planId} is completed already\n`);
      return row.failed + row.skipped === 0 ? exitCode.done : exitCode.partly;
    }
    const route = { source: row.source_cloud, destination: row.destination_cloud };
    if (row.status === 'drafted' || row.status === 'approved') await untilCollected(session, route);
    return (await begin(session, row, by)) ? followPlan(session, planId, route) : exitCode.failed;
  });
};

/** Whether it goes on; a plan that deletes may have to wait for a second person. */
const begin = async (session: Session, { plan_id: planId, status, digest }: PlanRow, by: string): Promise<boolean> => {
  const { asker, io } = session;
  if (status === 'running') io.out(`going on with plan ${planId}\n`);
  if (status === 'paused') await asker.ask('planner.resume', { planId, by });
  if (status === 'drafted') await asker.ask('planner.approve', { planId, digest: digest ?? '', by });
  if (status === 'drafted' || status === 'approved') return startApproved(session, planId, digest ?? '');
  return true;
};

/** What can be gone on with before what cannot; of several the newest, which is listed first. */
const eagerness = ['running', 'paused', 'approved', 'drafted', 'completed'];

const planOf = (rows: readonly PlanRow[], digest: string): PlanRow => {
  const found = rows.filter((row) => row.digest?.startsWith(digest) === true && eagerness.includes(row.status));
  const digests = new Set(found.map((row) => row.digest));
  if (digests.size > 1) {
    throw wrongUse(`${digest} is the beginning of ${digests.size} digests`, 'Name the whole digest.');
  }
  const [best] = found.toSorted((a, b) => eagerness.indexOf(a.status) - eagerness.indexOf(b.status));
  if (best !== undefined) return best;
  throw new Failure('no-such-plan', `there is no plan with the digest ${digest}`, {
    remedy: 'Draft it first: openstack-migrate plan.',
  });
};
