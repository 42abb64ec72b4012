import type { Cloud } from '@osm/resource';
import { hashVolume } from './hash-volume.ts';
import { blockStorageThings } from './picture/block-storage.ts';
import { computeThings } from './picture/compute.ts';
import { identityThings, readIdentities } from './picture/identity.ts';
import { imageThings } from './picture/image.ts';
import { networkThings } from './picture/network.ts';
import { namesById, type Thing, type View } from './picture/thing.ts';

/** Where to look for a tenant. */
export interface Side {
  readonly cloud: Cloud;
  /** The SHA-256 of a volume's bytes, where there is a shorter way to them than through an image. */
  hashVolume?(id: string): Promise<string>;
}

/**
 * A tenant as its cloud shows it, by plain API calls: every thing at its natural place, with names for ids. It knows
 * nothing of how the tenant came there.
 */
export const readTenant = async (side: Side, prefix: string): Promise<readonly Thing[]> => {
  const { cloud } = side;
  const identities = await readIdentities(cloud, prefix);
  const view: View = {
    cloud,
    prefix,
    hashVolume: (id) => side.hashVolume?.(id) ?? hashVolume(cloud, id),
    domains: namesById(identities.domains),
    projects: namesById(identities.projects),
    users: namesById(identities.users),
  };
  return [
    ...(await identityThings(view, identities)),
    ...(await imageThings(view)),
    ...(await networkThings(view)),
    ...(await computeThings(view)),
    ...(await blockStorageThings(view)),
  ];
};
