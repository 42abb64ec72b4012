export * from './api-problem.ts';
export type * from './api-types.ts';
export * from './open-api.ts';
export { operations, type Operations } from './operations.ts';
export * from './read-events.ts';
