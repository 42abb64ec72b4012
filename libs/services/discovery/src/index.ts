export * from './discovery.controller.ts';
export * from './discovery.module.ts';
export * from './list-type.ts';
export * from './look.controller.ts';
export * from './look.module.ts';
export * from './observe.ts';
export * from './run-scan.ts';
export * from './work-scans.ts';
