import type { OrphanRow } from '@osm/contracts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { handlerNamed, routeOf, withSession, type Session } from '../session.ts';
import { table } from '../table.ts';
import { counted, inWords } from '../words.ts';
import { wrongUse } from '../wrong-use.ts';

interface Options {
  readonly cloud?: string;
  readonly resourceType?: readonly string[];
  readonly remove?: boolean;
  readonly format: 'table' | 'json';
}

/** `orphans`: exits 0 where nothing is left but what plans have in hand, 3 where something was found. */
export const orphans = async (context: Context, options: Options): Promise<number> => {
  const route = routeOf(context.settings);
  const { cloud, resourceType: named } = options;
  if (cloud !== undefined && cloud !== route.source && cloud !== route.destination) {
    throw wrongUse(`${cloud} is neither end of the route`, `Name ${route.source} or ${route.destination}.`);
  }
  const types =
    named === undefined ? undefined : await Promise.all(named.map(async (one) => (await handlerNamed(one)).type));
  return withSession(context, 'records', async (session) => {
    const { found, failed } = await look(session, types ?? inOrder([...session.handlers.keys()]), options);
    show(session, options, found, failed);
    if (failed.length > 0) return exitCode.failed;
    // What a running plan accounts for is in nobody's way; what was removed is not there any more, but it was found.
    return found.some((row) => !row.in_hand) ? exitCode.partly : exitCode.done;
  });
};

/** What a cloud would not list: the others are told nevertheless. */
interface Unlisted {
  readonly type: string;
  readonly why: string;
}

/** Nothing goes before what was made of it: images before the volumes and snapshots that they were made of. */
const inOrder = (types: readonly string[]): readonly string[] =>
  types.toSorted((a, b) => Number(a === 'volume') - Number(b === 'volume'));

const look = async (session: Session, types: readonly string[], { cloud, remove }: Options) => {
  const { asker, settings, interrupted } = session;
  const { isFailure } = await import('@osm/kernel');
  const found: OrphanRow[] = [];
  const failed: Unlisted[] = [];
  for (const type of types) {
    interrupted.throwIfAborted();
    try {
      const { orphans: rows } = await asker.ask('migration.orphans', {
        ...{ route: routeOf(settings), type, remove: remove === true, by: settings.actor },
        ...(cloud === undefined ? {} : { cloud }),
        multitenant: settings.policy.multitenant_mode,
      });
      found.push(...rows);
    } catch (error) {
      if (!isFailure(error)) throw error;
      failed.push({ type, why: `${error.message}. ${error.remedy}` });
    }
  }
  return { found, failed };
};

const show = ({ io }: Session, options: Options, found: readonly OrphanRow[], failed: readonly Unlisted[]): void => {
  if (options.format === 'json') {
    io.out(`${JSON.stringify({ orphans: found, unlisted: failed })}\n`);
    return;
  }
  if (found.length > 0) {
    const rows = found.map((row) => [row.class, row.cloud, row.kind, row.id, ofWhat(row), whatOf(row)]);
    const columns = ['Class', 'Cloud', 'What', 'ID', 'Made for', 'Because'];
    io.out(table({ title: 'What carries our marks', columns, rows }, io));
  }
  for (const { type, why } of failed) io.err(`cannot look at every ${type}: ${why}\n`);
  io.out(`${summary(found, options)}\n`);
};

const ofWhat = ({ resource_type: type, source_id: id, step }: OrphanRow): string =>
  type === null || id === null ? '-' : `${inWords({ type, id }, null)}, step ${String(step)}`;

const whatOf = ({ because, removed, failure, removable }: OrphanRow): string => {
  if (failure !== null) return `${because}; not removed: ${failure.message}. ${failure.remedy}`;
  if (removed) return `${because}; removed`;
  return removable ? `${because}; may go` : because;
};

const summary = (found: readonly OrphanRow[], { remove }: Options): string => {
  if (found.length === 0) return 'nothing carries a mark of ours';
  const classes = Map.groupBy(found, (row) => row.class);
  const words = [...classes].map(([name, rows]) => `${rows.length} ${name}`).join(', ');
  const removed = found.filter((row) => row.removed).length;
  const removable = found.filter((row) => row.removable && !row.removed).length;
  const what = counted(found.length, 'thing');
  if (remove === true) return `${what} found: ${words}; ${removed} removed`;
  const hint = removable === 0 ? '' : `; --remove takes ${removable} of them away`;
  return `${what} found: ${words}${hint}`;
};
