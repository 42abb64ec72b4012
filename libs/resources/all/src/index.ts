export * from './resource-types.ts';
