export * from './access.ts';
export * from './deletes.ts';
export * from './inventory.ts';
export * from './limits.ts';
export * from './migration.ts';
export * from './plan.ts';
export * from './plan-status.ts';
export type { StepOutcome, StepStatus } from './plan-progress.ts';
export * from './scan.ts';
