import { Failure } from '@osm/kernel';
import type { Context } from '../context.ts';
import { draftOf, draftPlan, type Drafting } from '../draft-plan.ts';
import { exitCode } from '../exit-code.ts';
import { knownPlans, planNamed, type KnownPlan } from '../known-plans.ts';
import { printRejection } from '../print-findings.ts';
import { scanCloud } from '../scan-cloud.ts';
import { withSession, type Session } from '../session.ts';
import { sameRequest, unfinishedPlans } from '../unfinished-plans.ts';
import { carryOut } from './start.ts';

interface Options {
  readonly yes?: boolean;
  readonly format: 'table' | 'json';
}

/** `rollback PLAN`: shows what would be deleted from the destination, and deletes it where `--yes` says so. */
export const rollback = async (context: Context, options: Options, text = ''): Promise<number> =>
  withSession(context, options.yes === true ? 'running' : 'drafting', async (session) => {
    const { io } = session;
    const plan = planNamed(await knownPlans(session.log), text);
    const drafting = await draftRollBack(session, plan, options);
    if (drafting.kind === 'rejected') {
      printRejection(io, drafting.findings);
      return exitCode.failed;
    }
    if (drafting.kind === 'drafted') await show(session, drafting, options);
    if (drafting.kind === 'drafted' && drafting.plan.steps.length === 0) {
      if (options.format !== 'json') io.out(`there is nothing to roll back of plan ${plan.planId}\n`);
      return exitCode.done;
    }
    if (options.yes === true) return carryOut(session, withoutFindings(drafting));
    if (drafting.kind === 'drafted' && options.format !== 'json') {
      io.out(`nothing was deleted; do it: openstack-migrate rollback ${plan.planId} --yes\n`);
      io.out(`or exactly this: openstack-migrate apply ${drafting.plan.digest}\n`);
    }
    return exitCode.done;
  });

/** They were shown. */
const withoutFindings = (drafting: Drafting): Drafting =>
  drafting.kind === 'drafted' ? { ...drafting, plan: { ...drafting.plan, findings: [] } } : drafting;

const show = async ({ io }: Session, drafting: Extract<Drafting, { kind: 'drafted' }>, { format }: Options) => {
  if (format === 'json') {
    io.out(`${JSON.stringify({ plan_id: drafting.planId, ...drafting.plan })}\n`);
    return;
  }
  const { showPlan } = await import('@osm/planning');
  io.out(showPlan(drafting.plan));
};

/** By the policy of the plan itself: its twins are what that has made of their originals. */
const draftRollBack = async (session: Session, plan: KnownPlan, { yes }: Options): Promise<Drafting> => {
  const { settings, log, asker, handlers } = session;
  const { route, policy, intent } = plan.request;
  if (intent !== 'migrate') {
    throw new Failure(
      'nothing-made',
      `cannot roll back plan ${plan.planId}: its intent is ${intent}, it has made nothing`,
      {
        remedy: 'Name a plan that has migrated something: openstack-migrate plans.',
      },
    );
  }
  const request = {
    ...{ route, policy, of: plan.planId },
    roots: [],
    include: { needs: false, members: false },
    intent: 'roll-back' as const,
    cleanUp: 'never' as const,
  };
  const same = sameRequest(await unfinishedPlans(log), request);
  if (same?.status === 'paused' && yes === true) {
    await asker.ask('planner.resume', { planId: same.planId, by: settings.actor });
  }
  if (same === undefined) {
    const rows = await asker.ask('registry.mappings', { route });
    const types = new Set(rows.filter((row) => row.plan_id === plan.planId).map((row) => row.resource_type));
    await scanCloud(
      session,
      route.source,
      [...handlers.keys()].filter((type) => types.has(type)),
    );
  }
  const drafting = await draftPlan(session, request);
  return drafting.kind === 'resumed' && yes !== true ? draftOf(session, drafting.planId) : drafting;
};
