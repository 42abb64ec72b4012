export * from '@osm/services/registry/reader';
export * from './mapping-projection.ts';
export * from './rebuild.ts';
export * from './registry.controller.ts';
export * from './registry.module.ts';
export * from './registry.service.ts';
export * from './registry.ts';
export * from './tables.ts';
