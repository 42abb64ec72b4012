import { askRegistry } from '../ask-registry.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { table } from '../table.ts';

/** `plans`: newest first. */
export const plans = async (context: Context, options: { readonly format: 'table' | 'json' }): Promise<number> => {
  const rows = await askRegistry(context, 'registry.plans', {});
  const text = (): string =>
    table(
      {
        title: 'Plans',
        columns: ['ID', 'Digest', 'Route', 'Intent', 'Status', 'Steps', 'By', 'Since'],
        rows: rows.map((row) => [
          row.plan_id,
          row.digest?.slice(0, 12) ?? '',
          `${row.source_cloud} to ${row.destination_cloud}`,
          row.intent,
          row.status,
          `${row.succeeded + row.failed + row.skipped} of ${row.steps}`,
          row.requested_by,
          row.updated_at,
        ]),
      },
      context.io,
    );
  context.io.out(options.format === 'json' ? `${JSON.stringify(rows)}\n` : text());
  return exitCode.done;
};
