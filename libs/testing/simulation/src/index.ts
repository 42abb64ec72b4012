export * from './mutants.ts';
export * from './run-seed.ts';
