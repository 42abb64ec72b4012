import type { MappingRow } from '@osm/contracts';
import { isRemovable } from '@osm/planning';
import type { Context } from '../context.ts';
import { draftOf, draftPlan, type Drafting } from '../draft-plan.ts';
import { exitCode } from '../exit-code.ts';
import { narrows, recordFilters, type RecordOptions } from '../record-filters.ts';
import { scanCloud } from '../scan-cloud.ts';
import { routeOf, withSession, type Session } from '../session.ts';
import { sameRequest, unfinishedPlans } from '../unfinished-plans.ts';
import { wrongUse } from '../wrong-use.ts';
import { carryOut, showDraft } from './start.ts';

interface Options extends Pick<RecordOptions, 'service' | 'resourceType' | 'sourceId'> {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** `cleanup-source`: only originals whose twin was made by us. */
export const cleanupSource = async (context: Context, options: Options): Promise<number> => {
  const { service, resourceType, sourceId } = options;
  const records: RecordOptions = {
    ...(service === undefined ? {} : { service }),
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(sourceId === undefined ? {} : { sourceId }),
  };
  if (!narrows(records) && options.all !== true && options.dryRun !== true) {
    throw wrongUse(
      'nothing says which originals are to be removed',
      'Add --resource-type, --service or --source-id, or --all for all of them; --dry-run shows them first.',
    );
  }
  routeOf(context.settings);
  return withSession(context, options.dryRun === true ? 'drafting' : 'running', async (session) => {
    const rows = await removable(session, records);
    if (rows.length === 0) {
      session.io.out('there is nothing to remove from the source\n');
      return exitCode.done;
    }
    const drafting = await draftRemoval(session, rows, options.dryRun === true);
    return options.dryRun === true ? showDraft(session, drafting, 'nothing was removed') : carryOut(session, drafting);
  });
};

/** Migrated, ours, and still there; also those whose removal has failed before. */
const removable = async (
  { asker, settings, handlers }: Session,
  records: RecordOptions,
): Promise<readonly MappingRow[]> => {
  const asked = { ...recordFilters(records), route: routeOf(settings), sourceRemoved: false };
  const rows = await asker.ask('registry.mappings', asked);
  return rows.filter((row) => isRemovable(row, handlers.get(row.resource_type)));
};

/** Looks at the source again and has the removal drafted: what is shown is what would be done. */
const draftRemoval = async (session: Session, rows: readonly MappingRow[], dryRun: boolean): Promise<Drafting> => {
  const { settings, log, asker, handlers } = session;
  const roots = rows
    .map((row) => ({ type: row.resource_type, id: row.source_id }))
    .sort((a, b) => (`${a.type}/${a.id}` < `${b.type}/${b.id}` ? -1 : 1));
  const request = {
    route: routeOf(settings),
    roots,
    include: { needs: false, members: false },
    intent: 'remove' as const,
    cleanUp: 'never' as const,
    policy: settings.policy,
  };
  const same = sameRequest(await unfinishedPlans(log), request);
  if (same === undefined) {
    const types = new Set(roots.map(({ type }) => type));
    await scanCloud(
      session,
      request.route.source,
      [...handlers.keys()].filter((type) => types.has(type)),
    );
  } else if (same.status === 'paused' && !dryRun)
    await asker.ask('planner.resume', { planId: same.planId, by: settings.actor });
  const drafting = await draftPlan(session, request);
  return drafting.kind === 'resumed' && dryRun ? draftOf(session, drafting.planId) : drafting;
};
