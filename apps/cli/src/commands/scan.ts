import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { scanCloud } from '../scan-cloud.ts';
import { handlerNamed, sourceOf, withSession } from '../session.ts';
import { table } from '../table.ts';
import { counted, duration } from '../words.ts';

interface Options {
  readonly resourceType?: readonly string[];
  readonly cloud?: string;
  readonly format: 'table' | 'json';
}

/** `scan`: exits 3 where some types could not be listed, 1 where none could. */
export const scan = async (context: Context, options: Options): Promise<number> => {
  const { io, settings } = context;
  const cloud = options.cloud ?? sourceOf(settings);
  const { resourceTypes } = await import('@osm/resources/all');
  const types = options.resourceType ?? resourceTypes.map(({ type }) => type);
  for (const type of types) await handlerNamed(type);
  return withSession(context, 'drafting', async (session) => {
    const started = Date.now();
    const scanned = await scanCloud(session, cloud, types);
    const seconds = (Date.now() - started) / 1000;
    await session.asker.ask('registry.position', { atLeast: scanned.position });
    const failed = scanned.types.filter(({ outcome }) => outcome === 'failed');
    const seen = scanned.types.reduce((sum, type) => sum + type.seen, 0);
    if (options.format === 'json') {
      io.out(`${JSON.stringify({ scan_id: scanned.scanId, cloud, seconds, seen, types: scanned.types })}\n`);
    } else {
      const rows = scanned.types.map((each) => [each.type, each.outcome, each.seen, each.changed, each.vanished]);
      io.out(
        table(
          {
            title: `Scan of ${cloud}`,
            columns: ['Resource type', 'Outcome', 'Seen', 'Changed', 'Vanished'],
            rows,
          },
          io,
        ),
      );
      io.out(`${counted(seen, 'resource')} in ${duration(seconds * 1000)}\n`);
    }
    for (const { type, failure } of failed) {
      io.err(
        `${type} could not be listed: ${failure?.message ?? 'no reason was recorded'}\n${failure?.remedy ?? ''}\n`,
      );
    }
    if (failed.length === 0) return exitCode.done;
    return failed.length === types.length ? exitCode.failed : exitCode.partly;
  });
};
