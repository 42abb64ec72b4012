export * from './migration.controller.ts';
export * from './migrator.module.ts';
export * from './obey-cancels.ts';
export * from './obey-limits.ts';
export * from './step-worker.ts';
