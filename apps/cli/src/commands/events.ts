import type { RecordedEvent } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import type { Context } from '../context.ts';
import { eventLine } from '../event-line.ts';
import { exitCode } from '../exit-code.ts';
import { wrongUse } from '../wrong-use.ts';

interface Options {
  readonly follow?: boolean;
  readonly since?: string;
  readonly format: 'table' | 'json';
}

/** `events`: JSON is one event a line. Reads only, also while another process writes. */
export const events = async (context: Context, options: Options): Promise<number> => {
  const after = Number(options.since ?? 0);
  if (!Number.isSafeInteger(after) || after < 0) {
    throw wrongUse(
      `${options.since} is no position in the log`,
      'Name the number that the last event had, or leave it out.',
    );
  }
  const { io } = context;
  const print = (event: RecordedEvent): void =>
    io.out(`${options.format === 'json' ? JSON.stringify(event) : eventLine(event)}\n`);
  const { log, close } = await openForReading(context);
  try {
    if (options.follow === true) {
      for await (const batch of log.tail({ after, signal: io.interrupted })) batch.forEach(print);
      return exitCode.done;
    }
    for await (const event of log.read({ after, signal: io.interrupted })) print(event);
    return exitCode.done;
  } finally {
    await close();
  }
};

const openForReading = async ({ settings }: Context): Promise<{ readonly log: EventLog; close(): Promise<void> }> => {
  const { eventLog, dataDirectory, natsCredentials } = settings;
  if (eventLog.startsWith('embedded:')) {
    const { openEmbeddedLog } = await import('@osm/event-log-embedded');
    const named = eventLog.slice('embedded:'.length);
    return openEmbeddedLog({ directory: named === '' ? dataDirectory : named, readOnly: true });
  }
  const { openJetStreamLog } = await import('@osm/event-log-jetstream');
  const credentials = natsCredentials === undefined ? {} : { credentials: natsCredentials };
  return openJetStreamLog({ servers: eventLog, name: 'openstack-migrate events', ...credentials });
};
