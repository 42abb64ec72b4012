import type { MappingRow } from '@osm/contracts';
import type { Resource } from '@osm/resource';

/**
 * Whether the original may go: its twin is whole and ours. The Python tool did not record whether a twin with a unique name
 * was its own, so such ones of its records stay.
 */
export const isRemovable = (
  { status, how }: Pick<MappingRow, 'status' | 'how'>,
  handler: Pick<Resource, 'adopts'> | undefined,
): boolean => {
  if (handler === undefined || (status !== 'completed' && status !== 'source-cleanup-failed')) return false;
  return how === 'created' || how === 'adopted' || (how === 'imported' && handler.adopts !== 'unique');
};
