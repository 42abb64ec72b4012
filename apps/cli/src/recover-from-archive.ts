import {
  archiveDirectory,
  readWitness,
  refuseWentBack,
  setWitnessAside,
  verifyArchive,
  witnessHash,
  writeWitness,
} from '@osm/event-archive';
import type { EventLog } from '@osm/event-log';
import { isFailure } from '@osm/kernel';
import type { Context } from './context.ts';
import { exitCode } from './exit-code.ts';
import { lookAtLog, type LogFound } from './log-found.ts';
import { openLog } from './open-log.ts';
import { restoreLog } from './restore-log.ts';
import { withSession } from './session.ts';
import { counted } from './words.ts';

interface Options {
  readonly yes?: boolean;
  readonly format?: 'table' | 'json';
}

/**
 * `recover --from-archive`: makes the log anew as its archive has it. What is there of the log is kept: a file is set aside,
 * a stream that is not empty is refused. A log that has all that the archive has is left alone; where more of it was seen once,
 * what is left is gone on with.
 */
export const recoverFromArchive = async (context: Context, { yes = false, format }: Options): Promise<number> => {
  const { io, settings } = context;
  const directory = archiveDirectory(settings.dataDirectory);
  const archived = await verifyArchive(directory);
  const found = await lookAtLog(settings, archived);
  const seen = Math.max(readWitness(settings.dataDirectory)?.position ?? 0, archived.position + found.beyond);
  const kept = found.state === 'sound' ? archived.position + found.beyond : archived.position;
  const lost = seen - kept;
  const told = { archived: archived.position, log: found.state, beyond: found.beyond, lost };
  const say = (text: string): void => (format === 'json' ? undefined : io.out(`${text}\n`));
  const end = (recovered: boolean, more: object = {}): number => {
    if (format === 'json') io.out(`${JSON.stringify({ ...told, recovered, ...more })}\n`);
    return exitCode.done;
  };
  say(`the archive ${directory} is whole: ${counted(archived.events, 'event')}, up to position ${archived.position}`);
  say(wordsOf(found));
  if (lost > 0)
    say(`${counted(lost, 'event')} after position ${kept} ${lost === 1 ? 'was' : 'were'} seen, and are in neither`);
  if (found.state === 'sound' && lost === 0) {
    say('nothing is to be restored');
    return end(false);
  }
  if (!yes) {
    say('Add --yes to go on with what is left; what is there is kept.');
    return end(false);
  }
  const aside = found.state === 'sound' ? undefined : await restoreLog(settings, directory);
  if (aside !== undefined) say(`the log of before is kept as ${aside}`);
  await witnessAnew(context, kept);
  const rebuilt = await rebuild(context);
  say(`the log is whole up to position ${kept}${rebuilt ? ', and the registry is made from it' : ''}`);
  say('Look for what was done and is not in it: openstack-migrate orphans, and recover --from-markers.');
  return end(true, { aside: aside ?? null, rebuilt });
};

const wordsOf = ({ state, why, beyond }: LogFound): string => {
  if (state === 'sound') return 'the log has all that the archive has';
  if (state === 'absent') return 'there is no event in the log';
  const more =
    beyond === 0 ? '' : `; ${counted(beyond, 'event')} of it ${beyond === 1 ? 'is' : 'are'} not in the archive`;
  return `the log cannot be gone on with: ${why}${more}`;
};

/** The data directory has seen a log that is no more; from now on it is this one that it knows. */
const witnessAnew = async ({ settings }: Context, position: number): Promise<void> => {
  const { log, close } = await openLog(settings, 'reading');
  try {
    const first = await eventAfter(log, 0);
    const last = await eventAfter(log, position - 1);
    if (first === undefined || last?.position !== position)
      throw new TypeError('the log has not what was just written');
    setWitnessAside(settings.dataDirectory, new Date());
    writeWitness(settings.dataDirectory, { log: first.id, position, hash: witnessHash(last), at: last.at });
  } finally {
    await close();
  }
};

const eventAfter = async (log: EventLog, after: number) => {
  for await (const event of log.read({ after })) return event;
  return undefined;
};

/** Behind NATS the registry does it by itself when it starts. */
const rebuild = async (context: Context): Promise<boolean> => {
  if (!context.settings.eventLog.startsWith('embedded:')) return false;
  await withSession(context, 'records', ({ asker }) => asker.ask('registry.rebuild', {}));
  return true;
};

/**
 * Lets `--from-markers` begin with a log that lost something: where there is no archive that has more, the note of how far
 * it went is set aside, in words. Raises `event-log-went-back` where an archive is there to restore it first.
 */
export const acceptWithoutArchive = async ({ io, settings }: Context): Promise<void> => {
  const { log, close } = await openLogOrNone(settings);
  try {
    await refuseWentBack(log, settings.dataDirectory);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'event-log-went-back' || (await hasArchive(settings.dataDirectory)))
      throw error;
    const aside = setWitnessAside(settings.dataDirectory, new Date());
    io.err(
      `${error.message}\nThere is no archive: going on with what the clouds tell. The note is kept as ${aside}.\n`,
    );
  } finally {
    await close();
  }
};

const hasArchive = async (dataDirectory: string): Promise<boolean> => {
  try {
    return (await verifyArchive(archiveDirectory(dataDirectory))).events > 0;
  } catch (error) {
    if (isFailure(error) && error.code === 'no-archive') return false;
    throw error;
  }
};

/** The log; an empty one where there is none. */
const openLogOrNone = async (settings: Context['settings']) => {
  try {
    return await openLog(settings, 'reading');
  } catch (error) {
    if (!isFailure(error) || error.code !== 'no-event-log') throw error;
    const log = { head: async () => 0, read: async function* () {} };
    return { log, close: async () => {} };
  }
};
