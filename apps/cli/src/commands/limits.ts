import { decodeEvent, limitsSubject, type LimitsEvent, type RecordedEvent } from '@osm/contracts';
import { limits as rules, limitThatCounts, type Limit, type LimitsState } from '@osm/domain';
import { transact, type EventLog } from '@osm/event-log';
import { isFailure } from '@osm/kernel';
import { bandwidthInWords, bytesPerSecond, systemClock, systemIds, type ReadSettings } from '@osm/platform';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { openLog } from '../open-log.ts';
import { table } from '../table.ts';
import { version } from '../version.ts';
import { wrongUse } from '../wrong-use.ts';

interface Options {
  readonly bandwidth?: string;
  readonly transfers?: string;
  readonly reason?: string;
  readonly format: 'table' | 'json';
}

/** The limits, and the word that made each of them what it is. */
interface Announced {
  readonly state: LimitsState;
  readonly said: { readonly [name in keyof LimitsState]?: RecordedEvent };
}

/** `limits`: of every process that moves bytes, heard by each within a second, whether any of them runs now or later. */
export const limits = async (context: Context, options: Options): Promise<number> => {
  const { io, settings } = context;
  const bandwidth = options.bandwidth === undefined ? undefined : bandwidthOf(options.bandwidth);
  const transfers = options.transfers === undefined ? undefined : transfersOf(options.transfers);
  const isWord = bandwidth !== undefined || transfers !== undefined;
  if (!isWord && options.reason !== undefined) {
    throw wrongUse('a reason is given, and nothing is changed', 'Add --bandwidth or --transfers.');
  }
  const announced = isWord
    ? await announce(settings, { bandwidth, transfers, reason: options.reason })
    : await looked(settings);
  io.out(options.format === 'json' ? `${JSON.stringify(toJson(announced, settings))}\n` : toTable(announced, context));
  return exitCode.done;
};

const announce = async (
  settings: ReadSettings,
  word: { readonly [name in keyof LimitsState]: Limit | undefined } & { readonly reason: string | undefined },
): Promise<Announced> => {
  const { log, close } = await openLog(settings, 'a word beside');
  try {
    const { actor: by } = settings;
    const provenance = { producer: `openstack-migrate/${version}`, actor: by };
    const recorder = { log, clock: systemClock, ids: systemIds, provenance };
    await transact(recorder, rules, limitsSubject, { type: 'ChangeLimits', ...word, by });
    return await announcedIn(log);
  } finally {
    await close();
  }
};

const announcedIn = async (log: EventLog): Promise<Announced> => {
  let announced: Announced = { state: rules.initial, said: {} };
  for (const recorded of await log.load(limitsSubject)) {
    const { state: before, said } = announced;
    const state = rules.evolve(before, decodeEvent(recorded) as LimitsEvent);
    const changed = (['bandwidth', 'transfers'] as const).filter((name) => state[name] !== before[name]);
    announced = { state, said: { ...said, ...Object.fromEntries(changed.map((name) => [name, recorded])) } };
  }
  return announced;
};

const looked = async (settings: ReadSettings): Promise<Announced> => {
  try {
    const { log, close } = await openLog(settings, 'reading');
    try {
      return await announcedIn(log);
    } finally {
      await close();
    }
  } catch (error) {
    // Where nobody has worked yet, nobody has said anything.
    if (isFailure(error) && error.code === 'no-event-log') return { state: rules.initial, said: {} };
    throw error;
  }
};

const bandwidthOf = (text: string): Limit => (text === 'configured' ? 'configured' : (bytesPerSecond(text) ?? 'none'));

const transfersOf = (text: string): Limit => {
  if (text === 'configured' || text === 'none') return text;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw wrongUse(`${text} is no number of transfers`, 'Name a whole number from 1 on, or none, or configured.');
};

const toJson = ({ state, said }: Announced, { transfers: configured }: ReadSettings) => ({
  bandwidth: { limit: state.bandwidth, configured: configured.bandwidth ?? null, ...wordOf(said.bandwidth) },
  transfers: { limit: state.transfers, configured: configured.perCloud ?? null, ...wordOf(said.transfers) },
});

const wordOf = (recorded: RecordedEvent | undefined) => {
  const event = recorded === undefined ? undefined : (decodeEvent(recorded) as LimitsEvent);
  return { by: event?.data.by ?? null, at: recorded?.at ?? null, reason: event?.data.reason ?? null };
};

const toTable = ({ state, said }: Announced, { io, settings }: Context): string => {
  const { bandwidth, perCloud } = settings.transfers;
  const told = (limit: Limit, recorded: RecordedEvent | undefined): string => {
    if (limit === 'configured') return 'the configuration';
    const { by, at, reason } = wordOf(recorded);
    return [by, at, reason].filter((part) => part !== null).join(', ');
  };
  const rate = inWords(limitThatCounts(state.bandwidth, bandwidth), bandwidthInWords);
  const count = inWords(limitThatCounts(state.transfers, perCloud), String);
  return table(
    {
      title: 'Limits of each process that moves bytes',
      columns: ['Limit', 'Value', 'Said by'],
      rows: [
        ['Bandwidth', rate, told(state.bandwidth, said.bandwidth)],
        ['Transfers with one cloud', count, told(state.transfers, said.transfers)],
      ],
    },
    io,
  );
};

const inWords = (limit: number | undefined, words: (limit: number) => string): string =>
  limit === undefined ? 'none' : words(limit);
