export * from './check-chain.ts';
export * from './directory-lock.ts';
export * from './open-embedded-log.ts';
