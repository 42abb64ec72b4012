export * from './alternately.ts';
export * from './child-seconds.ts';
export * from './spread.ts';
