import { chooseRecords, recordKey, refuseAllUnasked } from '../choose-records.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { RecordOptions } from '../record-filters.ts';
import { withSession } from '../session.ts';
import { counted } from '../words.ts';

interface Options extends RecordOptions {
  readonly all?: boolean;
}

/** `restore`: the opposite of `delete` without `--hard`. */
export const restore = async (context: Context, options: Options): Promise<number> => {
  refuseAllUnasked(options);
  return withSession(context, 'records', async (session) => {
    const { asker, io, settings } = session;
    const rows = await chooseRecords(session, options, { archived: true });
    let atLeast = 0;
    for (const row of rows) {
      const { position } = await asker.ask('migration.recall', { ...recordKey(row), by: settings.actor });
      atLeast = Math.max(atLeast, position);
    }
    await asker.ask('registry.position', { atLeast });
    io.out(`${counted(rows.length, 'record')} restored\n`);
    return exitCode.done;
  });
};
