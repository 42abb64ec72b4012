export * from './assignment.ts';
export * from './find-twin.ts';
export * from './run-step.ts';
export * from './workshop.ts';
