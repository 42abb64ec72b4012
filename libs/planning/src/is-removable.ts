import type { MappingRow } from '@osm/contracts';
import type { Resource } from '@osm/resource';

type How = MappingRow['how'];

/**
 * Whether a twin was made by us, and its original may go. The Python tool did not record whether a twin with a unique name
 * was its own, so the originals of such ones of its records stay.
 */
export const isOurTwin = (how: How | undefined, { adopts }: Pick<Resource, 'adopts'>): boolean =>
  how === 'created' || how === 'adopted' || (how === 'imported' && adopts !== 'unique');

/** Whether an original may be asked to go: its twin is whole and ours. A type that this build does not know stays. */
export const isRemovable = (
  { status, how }: Pick<MappingRow, 'status' | 'how'>,
  handler: Pick<Resource, 'adopts'> | undefined,
): boolean =>
  handler !== undefined && (status === 'completed' || status === 'source-cleanup-failed') && isOurTwin(how, handler);
