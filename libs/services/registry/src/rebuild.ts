import type { Answers } from '@osm/contracts';
import { openRegistry, type RegistryOptions } from './registry.ts';

/**
 * Makes the database of a data directory that nobody has open anew from the log, and tells whether the one before had
 * the same rows. Raises `registry-in-use` where somebody has it: ask them (`registry.rebuild`).
 */
export const rebuildRegistry = async (options: RegistryOptions): Promise<Answers['registry.rebuild']> => {
  const registry = await openRegistry(options);
  try {
    await registry.position(await options.log.head());
    return await registry.rebuild();
  } finally {
    await registry.close();
  }
};
