import type { OperationId } from '@osm/api-client';

const costly: ReadonlySet<unknown> = new Set<OperationId>([
  'doctor',
  'discovery.look',
  'discovery.uncovered',
  'migration.orphans',
]);

/** Whether an answer asks both clouds all over: such a one is asked again by a button only. */
export const isCostly = (queryKey: readonly unknown[]): boolean => costly.has(queryKey[0]);
