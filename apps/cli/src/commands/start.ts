import type { Context } from '../context.ts';
import type { Choice } from '../choose-roots.ts';
import type { Drafting } from '../draft-plan.ts';
import { exitCode } from '../exit-code.ts';
import { followPlan } from '../follow-plan.ts';
import { chooseBatch, chooseOne, planSource, type PlanOptions } from '../plan-source.ts';
import { printRejection } from '../print-findings.ts';
import { routeOf, withSession, type Session } from '../session.ts';
import { startApproved } from '../start-approved.ts';
import { untilCollected } from '../unfinished-plans.ts';
import { counted } from '../words.ts';

/** `start ID`. */
export const start = async (context: Context, options: PlanOptions, id = ''): Promise<number> =>
  migrate(context, await chooseOne(options, id), options);

/** `start-batch`. */
export const startBatch = async (context: Context, options: PlanOptions): Promise<number> =>
  migrate(context, await chooseBatch(options), options);

const migrate = async (context: Context, choice: Choice, options: PlanOptions): Promise<number> => {
  routeOf(context.settings);
  const part = options.dryRun === true ? 'drafting' : 'running';
  return withSession(context, part, async (session) => {
    const drafting = await planSource(session, choice, options);
    if (drafting.kind === 'nothing') {
      session.io.out(`there is no ${choice.handler.type} that fits: nothing is to be done\n`);
      return exitCode.done;
    }
    return options.dryRun === true ? showDraft(session, drafting, 'nothing was created') : carryOut(session, drafting);
  });
};

/** Shows what would be done, and says that nothing was. */
export const showDraft = async ({ io }: Session, drafting: Drafting, nothing: string): Promise<number> => {
  if (drafting.kind === 'rejected') {
    printRejection(io, drafting.findings);
    return exitCode.failed;
  }
  if (drafting.kind === 'drafted') {
    const { showPlan } = await import('@osm/planning');
    io.out(showPlan(drafting.plan));
    io.out(`dry run: ${nothing}\n`);
  }
  return exitCode.done;
};

/** Approves and runs what was drafted, or goes on with what was begun. */
export const carryOut = async (session: Session, drafting: Drafting): Promise<number> => {
  const { io, asker, settings } = session;
  const { planId } = drafting;
  if (drafting.kind === 'rejected') {
    printRejection(io, drafting.findings);
    return exitCode.failed;
  }
  if (drafting.kind === 'resumed') io.out(`going on with plan ${planId}, which an earlier command has begun\n`);
  else {
    const { steps, resources, findings, digest } = drafting.plan;
    for (const { severity, message, remedy } of findings) {
      if (severity === 'warning' || steps.length === 0) io.out(`${severity}: ${message}. ${remedy}\n`);
    }
    if (steps.length === 0) {
      io.out('nothing is to be done: everything has its twin already\n');
      return exitCode.done;
    }
    io.out(`plan ${planId}: ${counted(resources, 'resource')} in ${counted(steps.length, 'step')}\n`);
    await untilCollected(session, routeOf(settings));
    await asker.ask('planner.approve', { planId, digest, by: settings.actor });
    if (!(await startApproved(session, planId, digest))) return exitCode.failed;
  }
  return followPlan(session, planId, routeOf(settings));
};
