import { askRegistry } from '../ask-registry.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { recordFilters, type RecordOptions } from '../record-filters.ts';
import { recordJson } from '../record-json.ts';
import { table } from '../table.ts';

interface Options extends RecordOptions {
  readonly format: 'table' | 'json';
}

/** `list`: newest first. */
export const list = async (context: Context, options: Options): Promise<number> => {
  const rows = (await askRegistry(context, 'registry.mappings', recordFilters(options))).map(recordJson);
  const text = (): string =>
    table(
      {
        title: 'Migrations',
        columns: ['UUID', 'Service', 'Resource type', 'Status', 'Source ID', 'Destination ID'],
        rows: rows.map((row) => [
          row.uuid,
          row.service,
          row.resource_type,
          row.status,
          row.source_id,
          row.destination_id,
        ]),
      },
      context.io,
    );
  context.io.out(options.format === 'json' ? `${JSON.stringify(rows)}\n` : text());
  return exitCode.done;
};
