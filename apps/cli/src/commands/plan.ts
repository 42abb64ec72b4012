import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { chooseBatch, chooseOne, planSource, type PlanOptions } from '../plan-source.ts';
import { printRejection } from '../print-findings.ts';
import { routeOf, withSession } from '../session.ts';
import { wrongUse } from '../wrong-use.ts';

interface Options extends PlanOptions {
  readonly format: 'table' | 'json';
  readonly json?: boolean;
}

/** `plan [ID]`: what `start` or `start-batch` would do. */
export const plan = async (context: Context, options: Options, id?: string): Promise<number> => {
  routeOf(context.settings);
  if (id !== undefined && (options.all === true || options.filter !== undefined)) {
    throw wrongUse(
      'both an id and a filter are named',
      'Name one resource by its id, or several by --filter or --all.',
    );
  }
  const choice = id === undefined ? await chooseBatch(options) : await chooseOne(options, id);
  const { io } = context;
  const json = options.json === true || options.format === 'json';
  return withSession(context, 'drafting', async (session) => {
    const drafting = await planSource(session, choice, { ...options, dryRun: true, silent: json });
    if (drafting.kind === 'nothing') {
      io.out(
        json
          ? '{"resources":0,"steps":[],"findings":[],"digest":null}\n'
          : `there is no ${choice.handler.type} that fits\n`,
      );
      return exitCode.done;
    }
    const { planId } = drafting;
    if (drafting.kind === 'rejected') {
      if (json)
        io.out(
          `${JSON.stringify({ plan_id: planId, resources: 0, steps: [], findings: drafting.findings, digest: null })}\n`,
        );
      printRejection(io, drafting.findings);
      return exitCode.failed;
    }
    if (drafting.kind === 'resumed') return exitCode.done;
    const drafted = drafting.plan;
    if (json) io.out(`${JSON.stringify({ plan_id: planId, ...drafted })}\n`);
    else {
      const { showPlan } = await import('@osm/planning');
      io.out(showPlan(drafted));
      if (drafted.steps.length > 0) io.out(`run it: openstack-migrate apply ${drafted.digest}\n`);
    }
    return exitCode.done;
  });
};
