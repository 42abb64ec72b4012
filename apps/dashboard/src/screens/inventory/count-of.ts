import type { InventoryCount } from '@osm/api-client';
import type { InventoryFilter } from './inventory-filter.ts';

/** How many resources fit, as the summary knows it; undefined where something is searched, which it does not know. */
export const countOf = (
  counts: readonly InventoryCount[],
  { project, type, q, there }: InventoryFilter,
): number | undefined => {
  if (q.trim() !== '') return undefined;
  return counts
    .filter((row) => project === undefined || row.project_id === project)
    .filter((row) => type === undefined || row.resource_type === type)
    .reduce((total, row) => total + (there === 'gone' ? 0 : row.present) + (there === 'there' ? 0 : row.vanished), 0);
};
