export * from './draft-plan.ts';
export * from './look-again.ts';
export * from './plan-book.ts';
export * from './plan-index.ts';
export * from './planner.controller.ts';
export * from './planner.module.ts';
export * from './runner.ts';
export * from './work-drafts.ts';
