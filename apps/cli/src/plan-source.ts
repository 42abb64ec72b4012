import type { PlanRequest } from '@osm/contracts';
import { Failure, type Ref } from '@osm/kernel';
import { chooseRoots, type Choice } from './choose-roots.ts';
import { draftOf, draftPlan, type Drafting } from './draft-plan.ts';
import { parseFilters } from './filters.ts';
import { scanCloud, type Scanned } from './scan-cloud.ts';
import { scanTypes } from './scan-types.ts';
import { handlerNamed, routeOf, type Session } from './session.ts';
import { sameRequest, unfinishedPlans } from './unfinished-plans.ts';
import { counted, duration } from './words.ts';
import { wrongUse } from './wrong-use.ts';

/** The options of every command that plans a migration. */
export interface PlanOptions {
  readonly resourceType?: string;
  readonly filter?: readonly string[];
  readonly all?: boolean;
  readonly includeDependencies?: boolean;
  readonly includeMembers?: boolean;
  readonly cleanupSource?: boolean;
  readonly dryRun?: boolean;
  /** The standard output is for a program: nothing else is said there. */
  readonly silent?: boolean;
}

/** One resource. Raises `unknown-type`. */
export const chooseOne = async (options: PlanOptions, id: string): Promise<Choice> => ({
  kind: 'one',
  handler: await handlerNamed(options.resourceType),
  id,
});

/** All that the filters fit. Raises `unknown-type`, `unknown-filter` and `wrong-use`. */
export const chooseBatch = async ({ resourceType, filter = [], all = false }: PlanOptions): Promise<Choice> => {
  const handler = await handlerNamed(resourceType);
  if (filter.length === 0 && !all) {
    throw wrongUse('nothing says which resources are meant', 'Add --filter key:value, or --all for all of the type.');
  }
  return { kind: 'batch', handler, filters: parseFilters(filter, handler) };
};

/** A plan of what was chosen: an unfinished one of the same request, else a new one after a scan of the source. */
export const planSource = async (
  session: Session,
  choice: Choice,
  options: PlanOptions,
): Promise<Drafting | { readonly kind: 'nothing' }> => {
  const again = options.dryRun === true ? undefined : await resumed(session, choice, options);
  if (again !== undefined) return again;
  const started = Date.now();
  const scanned = await scanFor(session, choice, options);
  const roots = await chooseRoots(session, choice, scanned.position);
  if (options.silent !== true && session.settings.logConsole) sayScanned(session, scanned, Date.now() - started);
  if (roots.length === 0) return { kind: 'nothing' };
  const drafting = await draftPlan(session, requestOf(session, roots, options));
  // What is only to be shown is shown as it was drafted, also where it is under way.
  return drafting.kind === 'resumed' && options.dryRun === true ? draftOf(session, drafting.planId) : drafting;
};

const requestOf = ({ settings }: Session, roots: readonly Ref[], options: PlanOptions): PlanRequest => ({
  route: routeOf(settings),
  roots: [...roots],
  include: { needs: options.includeDependencies === true, members: options.includeMembers === true },
  intent: 'migrate',
  cleanUp: options.cleanupSource === true ? 'after-migration' : 'never',
  policy: settings.policy,
});

/** Looked for before a scan, by what was known then: what a killed command has left goes on at once. */
const resumed = async (session: Session, choice: Choice, options: PlanOptions): Promise<Drafting | undefined> => {
  const unfinished = await unfinishedPlans(session.log);
  if (unfinished.length === 0) return undefined;
  const roots = await rootsKnown(session, choice);
  const same = roots === undefined ? undefined : sameRequest(unfinished, requestOf(session, roots, options));
  if (same === undefined) {
    if (session.embedded) sayOthers(session, unfinished.filter(({ status }) => status !== 'paused').length);
    return undefined;
  }
  if (same.status === 'paused')
    await session.asker.ask('planner.resume', { planId: same.planId, by: session.settings.actor });
  return draftPlan(session, same.request);
};

const sayOthers = ({ io }: Session, count: number): void => {
  if (count > 0) io.err(`${counted(count, 'unfinished plan')} of other commands go on meanwhile\n`);
};

const rootsKnown = async (session: Session, choice: Choice): Promise<readonly Ref[] | undefined> => {
  try {
    return await chooseRoots(session, choice, 0);
  } catch (error) {
    // Not known before the scan is no failure: the scan may find it.
    if (error instanceof Failure) return undefined;
    throw error;
  }
};

/** Looks at all types that the plan must know. */
const scanFor = async (session: Session, { handler }: Choice, options: PlanOptions): Promise<Scanned> => {
  const { io, settings, handlers } = session;
  const types = scanTypes(handlers, handler.type, {
    needs: options.includeDependencies === true,
    members: options.includeMembers === true,
    removes: options.cleanupSource === true,
    owners: settings.policy.multitenant_mode,
  });
  const scanned = await scanCloud(session, routeOf(settings).source, types);
  refuseUnlisted(scanned, handler.type);
  for (const { type, failure } of scanned.types) {
    if (failure !== undefined) io.err(`warning: ${type} could not be listed: ${failure.message}\n`);
  }
  return scanned;
};

const sayScanned = ({ io }: Session, { cloud, types }: Scanned, milliseconds: number): void => {
  const seen = types.reduce((sum, type) => sum + type.seen, 0);
  const listed = types.filter(({ outcome }) => outcome === 'listed').length;
  io.out(
    `looked at ${cloud}: ${counted(seen, 'resource')} of ${counted(listed, 'type')} in ${duration(milliseconds)}\n`,
  );
};

const refuseUnlisted = ({ cloud, types }: Scanned, wanted: string): void => {
  const found = types.find(({ type }) => type === wanted);
  if (found?.failure !== undefined) {
    const { code, message, remedy, http } = found.failure;
    throw new Failure(code, message, { remedy, http });
  }
  if (found?.outcome === 'unsupported') {
    throw new Failure('unsupported', `cannot migrate a ${wanted}: ${cloud} does not offer the service`, {
      remedy: 'Look at the catalogue of the cloud: openstack catalog list.',
    });
  }
};
