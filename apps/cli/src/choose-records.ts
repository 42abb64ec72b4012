import type { MappingRow } from '@osm/contracts';
import { narrows, recordFilters, type RecordOptions } from './record-filters.ts';
import type { Session } from './session.ts';
import { wrongUse } from './wrong-use.ts';

/** Raises `wrong-use` where neither a filter nor `--all` says which records are meant. */
export const refuseAllUnasked = (options: RecordOptions & { readonly all?: boolean }): void => {
  if (narrows(options) || options.all === true) return;
  throw wrongUse(
    'nothing says which records are meant',
    'Add a filter such as --resource-type, or --all for all of them.',
  );
};

/** The records that are meant. */
export const chooseRecords = (
  { asker }: Session,
  options: RecordOptions,
  which: { readonly archived?: boolean; readonly includeArchived?: boolean },
): Promise<readonly MappingRow[]> => asker.ask('registry.mappings', { ...recordFilters(options), ...which });

/** What the requests about one record name it by. */
export const recordKey = (row: MappingRow) => ({
  route: { source: row.source_cloud, destination: row.destination_cloud },
  ref: { type: row.resource_type, id: row.source_id },
});
