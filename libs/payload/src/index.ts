export * from './move.ts';
export * from './open-mover.ts';
