export * from './small-handlers.ts';
