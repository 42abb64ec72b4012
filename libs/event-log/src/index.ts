export * from './aggregate.ts';
export * from './chain.ts';
export * from './command-queue.ts';
export * from './event-log.ts';
export * from './event-text.ts';
export * from './log-trouble.ts';
export * from './redelivery-delay.ts';
