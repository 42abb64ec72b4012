import path from 'node:path';

/** Where a data directory has the registry's database. */
export const registryFile = (dataDirectory: string): string => path.join(dataDirectory, 'registry.db');
