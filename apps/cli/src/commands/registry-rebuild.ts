import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { withSession } from '../session.ts';
import { table } from '../table.ts';

interface Options {
  readonly format: 'table' | 'json';
}

/** `registry rebuild`: exits 1 where the tables before were not those that the log makes. */
export const registryRebuild = (context: Context, options: Options): Promise<number> =>
  withSession(context, 'records', async ({ asker, io }) => {
    const { position, equal, tables } = await asker.ask('registry.rebuild', {});
    if (options.format === 'json') io.out(`${JSON.stringify({ position, equal, tables })}\n`);
    else {
      io.out(table({ title: 'Registry', columns: ['Table', 'Rows'], rows: Object.entries(tables) }, io));
      const words = equal ? 'equal to those before' : 'not equal to those before, and taken in their place';
      io.out(`made from ${position} positions of the event log: the tables are ${words}\n`);
    }
    return equal ? exitCode.done : exitCode.failed;
  });
