import { checkChain } from '@osm/event-log-embedded';
import { archiveDirectory, compareWhole, type ChainHead } from '@osm/event-archive';
import { isFailure } from '@osm/kernel';
import type { ReadSettings } from '@osm/platform';
import { openLog } from './open-log.ts';

/** What there is of a log, beside its archive. */
export interface LogFound {
  /** `sound`: it has all that the archive has, as it was written. */
  readonly state: 'sound' | 'absent' | 'damaged';
  readonly why: string;
  /** How many of its events are after the end of the archive, as far as it can be read. */
  readonly beyond: number;
}

/** Where the embedded log is; undefined for one behind NATS. */
export const embeddedDirectory = ({ eventLog, dataDirectory }: ReadSettings): string | undefined => {
  if (!eventLog.startsWith('embedded:')) return undefined;
  const named = eventLog.slice('embedded:'.length);
  return named === '' ? dataDirectory : named;
};

/** Looks at all of a log. What is wrong with it is an answer, not an error. */
export const lookAtLog = async (settings: ReadSettings, archived: ChainHead): Promise<LogFound> => {
  let beyond = 0;
  try {
    const { log, close } = await openLog(settings, 'reading');
    try {
      const head = await log.head();
      if (head === 0) return { state: 'absent', why: 'it is empty', beyond };
      beyond = Math.max(0, head - archived.position);
      const directory = embeddedDirectory(settings);
      if (directory !== undefined) checkChain(directory);
      await compareWhole(log, archiveDirectory(settings.dataDirectory), archived);
      return { state: 'sound', why: '', beyond };
    } finally {
      await close();
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.code === 'no-event-log') return { state: 'absent', why: 'there is none', beyond };
    const damage = ['event-log-damaged', 'event-log-tampered', 'event-log-went-back'];
    if (damage.includes(error.code)) return { state: 'damaged', why: error.message, beyond };
    throw error;
  }
};
