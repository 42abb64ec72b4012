export * from './draft-plan.ts';
export * from './plan-book.ts';
export * from './planner.controller.ts';
export * from './planner.module.ts';
export * from './runner.ts';
