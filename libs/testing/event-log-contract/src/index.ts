export * from './describe-command-leases.ts';
export * from './describe-command-queue.ts';
export * from './describe-event-log.ts';
export * from './opened.ts';
export * from './sample-event.ts';
export * from './until.ts';
