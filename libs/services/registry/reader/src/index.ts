export * from './open-registry-reader.ts';
export * from './projection-rules.ts';
export * from './registry-file.ts';
export * from './registry-queries.ts';
