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
    return openEmbeddedLog({ directory, ...(purpose === 'reading' ? { readOnly: true } : { beside: true }) });
  }
  const { openJetStreamLog } = await import('@osm/event-log-jetstream');
  const credentials = natsCredentials === undefined ? {} : { credentials: natsCredentials };
  return openJetStreamLog({ servers: eventLog, name: `openstack-migrate, ${purpose}`, ...credentials });
};
