import { chooseRecords, recordKey, refuseAllUnasked } from '../choose-records.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { RecordOptions } from '../record-filters.ts';
import { withSession } from '../session.ts';
import { counted } from '../words.ts';

interface Options extends RecordOptions {
  readonly hard?: boolean;
  readonly all?: boolean;
}

/** `delete`: archives; with `--hard` also archived ones are forgotten for good. */
export const deleteRecords = async (context: Context, options: Options): Promise<number> => {
  refuseAllUnasked(options);
  const hard = options.hard === true;
  return withSession(context, 'records', async (session) => {
    const { asker, io, settings } = session;
    const which = options.archived === true ? { archived: true } : hard ? { includeArchived: true } : {};
    const rows = await chooseRecords(session, options, which);
    let atLeast = 0;
    for (const row of rows) {
      const forget = { ...recordKey(row), by: settings.actor, reason: 'deleted by hand', hard };
      atLeast = Math.max(atLeast, (await asker.ask('migration.forget', forget)).position);
    }
    await asker.ask('registry.position', { atLeast });
    io.out(`${counted(rows.length, 'record')} ${hard ? 'forgotten' : 'archived'}; no cloud was touched\n`);
    return exitCode.done;
  });
};
