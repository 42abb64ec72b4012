export * from './check-chain.ts';
export * from './open-embedded-log.ts';
