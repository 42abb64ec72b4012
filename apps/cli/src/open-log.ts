import type { EventLog } from '@osm/event-log';
import type { ReadSettings } from '@osm/platform';

/** An event log that is looked at, or told a word, while another process may be at work on it. */
export interface OpenLog {
  readonly log: EventLog;
  close(): Promise<void>;
}

/** Raises `no-event-log` where nobody has worked yet and it is only to be read. */
export const openLog = async (
  { eventLog, dataDirectory, natsCredentials }: ReadSettings,
  purpose: 'reading' | 'a word beside',
): Promise<OpenLog> => {
  if (eventLog.startsWith('embedded:')) {
    const { openEmbeddedLog } = await import('@osm/event-log-embedded');
    const named = eventLog.slice('embedded:'.length);
    const directory = named === '' ? dataDirectory : named;
    const open = openEmbeddedLog({ directory, ...(purpose === 'reading' ? { readOnly: true } : { beside: true }) });
    return purpose === 'reading' ? open : sound(await open, dataDirectory);
  }
  const { openJetStreamLog } = await import('@osm/event-log-jetstream');
  const credentials = natsCredentials === undefined ? {} : { credentials: natsCredentials };
  const open = openJetStreamLog({ servers: eventLog, name: `openstack-migrate, ${purpose}`, ...credentials });
  return purpose === 'reading' ? open : sound(await open, dataDirectory);
};

/** What is to be written to must still have what was seen in it. Raises `event-log-went-back`. */
const sound = async (open: OpenLog, dataDirectory: string): Promise<OpenLog> => {
  const { refuseWentBack } = await import('@osm/event-archive');
  try {
    await refuseWentBack(open.log, dataDirectory);
    return open;
  } catch (error) {
    await open.close();
    throw error;
  }
};
