import type { Answers } from '@osm/contracts';
import type { Context } from './context.ts';
import { exitCode } from './exit-code.ts';
import { scanCloud, type Scanned } from './scan-cloud.ts';
import { routeOf, withSession, type Session } from './session.ts';
import { table } from './table.ts';
import { counted } from './words.ts';

interface Options {
  readonly yes?: boolean;
  readonly format?: 'table' | 'json';
}

type Page = Answers['migration.recover'];

interface Recovered {
  readonly type: string;
  readonly proven: Page['proven'];
  readonly unproven: Page['unproven'];
  readonly absent: Page['absent'];
  readonly known: number;
}

/**
 * `recover --from-markers`: scans both clouds, proves which twin belongs to which original, and with `--yes` records it.
 * Exits 3 where something looks like a twin and could not be proven: a plan would make a second one.
 */
export const recoverFromMarkers = (context: Context, { yes = false, format = 'table' }: Options): Promise<number> =>
  withSession(context, 'drafting', async (session) => {
    const route = routeOf(session.settings);
    const types = [...session.handlers.keys()];
    const scans = [await scanCloud(session, route.source, types), await scanCloud(session, route.destination, types)];
    const looked: Recovered[] = [];
    for (const type of types) looked.push(await recoverType(session, type, yes));
    const found = looked.filter(({ proven, unproven, absent, known }) =>
      [...proven, ...unproven, ...absent, known].some((one) => one !== 0),
    );
    if (format === 'json') session.io.out(`${JSON.stringify({ recorded: yes, types: found })}\n`);
    else show(session, found, scans, yes);
    const open = found.some(({ unproven }) => unproven.length > 0) || failuresOf(scans).length > 0;
    return open ? exitCode.partly : exitCode.done;
  });

const recoverType = async (
  { asker, settings, interrupted }: Session,
  type: string,
  record: boolean,
): Promise<Recovered> => {
  const pages: Page[] = [];
  for (let after: string | null = ''; after !== null;) {
    interrupted.throwIfAborted();
    const page: Page = await asker.ask('migration.recover', {
      ...{ route: routeOf(settings), type, record, by: settings.actor, after },
      policy: { ...settings.policy },
    });
    pages.push(page);
    after = page.next;
  }
  const position = Math.max(...pages.map((page) => page.position));
  if (record) await asker.ask('registry.position', { atLeast: position });
  return {
    type,
    proven: pages.flatMap(({ proven }) => proven),
    unproven: pages.flatMap(({ unproven }) => unproven),
    absent: pages.flatMap(({ absent }) => absent),
    known: pages[0]?.known ?? 0,
  };
};

/** What was not listed is neither proven nor absent. */
const failuresOf = (scans: readonly Scanned[]): readonly string[] =>
  scans.flatMap(({ cloud, types }) =>
    types.flatMap(({ type, outcome, failure }) =>
      outcome === 'failed' ? [`${cloud} could not list every ${type}: ${failure?.message ?? 'nobody knows why'}`] : [],
    ),
  );

const show = ({ io }: Session, found: readonly Recovered[], scans: readonly Scanned[], recorded: boolean): void => {
  const proven = found.flatMap(({ type, proven: list }) =>
    list.map((one) => [
      ...[type, one.source_id, one.name, one.destination_id, one.proof],
      one.complete ? 'complete' : 'the next plan goes on with it',
    ]),
  );
  if (proven.length > 0) {
    const columns = ['Type', 'Source ID', 'Name', 'Twin', 'Proof', 'State'];
    io.out(table({ title: recorded ? 'Recorded' : 'Proven', columns, rows: proven }, io));
  }
  const unproven = found.flatMap(({ type, unproven: list }) =>
    list.map((one) => [type, one.source_id, one.name, one.candidates.join(' '), one.because]),
  );
  if (unproven.length > 0) {
    const columns = ['Type', 'Source ID', 'Name', 'Looks like', 'Why it is not proven'];
    io.out(table({ title: 'Not proven', columns, rows: unproven }, io));
  }
  io.out(
    table(
      {
        title: 'Originals',
        columns: ['Type', 'Proven', 'Not proven', 'Absent', 'Known before'],
        rows: found.map((one) => [
          one.type,
          ...[one.proven, one.unproven, one.absent].map((list) => list.length),
          one.known,
        ]),
      },
      io,
    ),
  );
  for (const failure of failuresOf(scans)) io.err(`${failure}\n`);
  io.out(advice(proven.length, unproven.length, recorded));
};

const advice = (proven: number, unproven: number, recorded: boolean): string =>
  [
    recorded
      ? `${counted(proven, 'twin')} recorded.`
      : `Nothing is recorded; --yes records ${counted(proven, 'twin')}.`,
    ...(unproven === 0
      ? []
      : [
          `${counted(unproven, 'original')} may have a twin that could not be proven: a plan would make a second one.`,
          'Look at them, and name each that is one: openstack-migrate register-external --resource-type TYPE SOURCE_ID TWIN_ID.',
        ]),
    '',
  ].join('\n');
