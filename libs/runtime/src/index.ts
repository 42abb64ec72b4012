export * from './boot.ts';
export * from './modules.ts';
export * from './open-ports.ts';
export * from './serve.ts';
export * from './version.ts';
