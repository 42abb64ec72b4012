import type { RecordedEvent } from '@osm/contracts';
import type { Context } from '../context.ts';
import { eventLine } from '../event-line.ts';
import { exitCode } from '../exit-code.ts';
import { openLog } from '../open-log.ts';
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
  const { log, close } = await openLog(context.settings, 'reading');
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
