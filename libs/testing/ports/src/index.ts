export * from './open-test-ports.ts';
export * from './until.ts';
export * from './unheard.ts';
