export * from './draft.ts';
export * from './graph.ts';
export * from './near.ts';
export * from './sections.ts';
export * from './show-plan.ts';
export { isLoan } from './transforms/borrow-roles.ts';
export { typesWithStrategies } from './transforms/choose-strategies.ts';
export type { Chosen, Draft, Transform } from './transform.ts';
export * from './world.ts';
