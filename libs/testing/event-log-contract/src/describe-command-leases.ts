import { describe } from 'vitest';
import { leaseLaws, type OpenCuttable } from './queue/leases.ts';

export type { CuttableReplica, OpenCuttable, OpenedCuttable } from './queue/leases.ts';

/**
 * The laws of a queue whose workers may lose it while they live: for adapters whose storage is another process's. Open
 * it with short leases, of a second or so.
 */
export const describeCommandLeases = (name: string, open: OpenCuttable): void => {
  describe(`${name} when a worker is cut off`, () => leaseLaws(open));
};
