export * from './clouds.ts';
export * from './follow-log.ts';
export * from './migrate.ts';
export * from './service-process.ts';
export * from './start-topology.ts';
