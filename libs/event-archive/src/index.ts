export * from './archive-line.ts';
export * from './compare-log.ts';
export * from './log-witness.ts';
export * from './open-archive.ts';
export * from './read-archive.ts';
export * from './segments.ts';
