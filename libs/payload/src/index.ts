export * from './bandwidth.ts';
export * from './open-mover.ts';
