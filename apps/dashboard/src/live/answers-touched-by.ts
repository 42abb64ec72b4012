import type { OperationId } from '@osm/api-client';

const plans: readonly OperationId[] = ['registry.plan-page', 'registry.plan-summary', 'registry.step-page', 'events'];
const scans: readonly OperationId[] = ['registry.clouds', 'registry.scan'];
const inventory: readonly OperationId[] = [
  ...(['registry.inventory-page', 'registry.inventory-summary', 'registry.resource'] as const),
];
const mappings: readonly OperationId[] = [
  ...(['registry.mapping-page', 'registry.mapping', 'mapping-events', 'registry.sides'] as const),
  ...(['registry.fidelity-page', 'registry.fidelity-summary', 'registry.inventory-page'] as const),
];

/** By the first word of an event's type; `Step` is told by both plans and migrations. */
const touched: readonly (readonly [RegExp, readonly OperationId[]])[] = [
  [/^Plan/, plans],
  [/^Step/, [...plans, ...mappings]],
  [/^Scan/, [...scans, ...inventory]],
  [/^Resource(Observed|Vanished)$/, [...inventory, ...scans]],
  [/^LimitsChanged$/, ['limits']],
  [/^Token/, ['access.tokens']],
];

/** Which answers may be others since an event of this type. What is of no other kind is told of a migration. */
export const answersTouchedBy = (type: string): readonly OperationId[] =>
  touched.find(([pattern]) => pattern.test(type))?.[1] ?? mappings;
