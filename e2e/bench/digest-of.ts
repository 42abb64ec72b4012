import type { Hash } from 'node:crypto';
import type { Payload } from '../../libs/testing/fake-openstack/src/glance-payload.ts';
import { BLOCK_BYTES } from '../../libs/testing/fake-openstack/src/glance-payload.ts';

/** A digest of a volume's bytes that takes a run of zeros by its length: equal digests mean equal volumes. */
export const digestOf = ({ runs }: Payload, hash: Hash): string => {
  let zeros = 0;
  for (const { block, bytes } of runs) {
    if (block === undefined) {
      zeros += bytes;
      continue;
    }
    hash.update(`${zeros} zeros;`);
    zeros = 0;
    for (let at = 0; at < bytes; at += BLOCK_BYTES) hash.update(block.subarray(0, bytes - at));
  }
  return hash.update(`${zeros} zeros.`).digest('hex');
};
