export * from './open-jetstream-log.ts';
export * from './topology.ts';
