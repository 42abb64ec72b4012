import { isJsonObject } from '@osm/kernel';
import { listed } from '../listed.ts';
import { nameOf, only, type Thing, type View } from './thing.ts';

/** The prefix's flavors and the keys of the tenant's users. */
export const computeThings = async (view: View): Promise<Thing[]> => [
  ...(await flavorThings(view)),
  ...(await keypairThings(view)),
];

const flavorThings = async ({ cloud, prefix, projects }: View): Promise<Thing[]> => {
  const listing = { path: '/flavors/detail', key: 'flavors', query: { is_public: 'None' }, microversion: 'newest' };
  const flavors = await listed(cloud, 'compute', listing);
  const ours = flavors.filter(({ name }) => String(name).startsWith(prefix));
  return Promise.all(
    ours.map(async (flavor) => {
      const isPublic = flavor['os-flavor-access:is_public'] !== false;
      const access = { path: `/flavors/${String(flavor['id'])}/os-flavor-access`, key: 'flavor_access' };
      const allowed = isPublic ? [] : await listed(cloud, 'compute', access);
      return {
        type: 'flavor',
        place: String(flavor['name']),
        looks: {
          ...only(flavor, 'ram', 'vcpus', 'disk', 'swap', 'rxtx_factor', 'description', 'extra_specs'),
          ...only(flavor, 'OS-FLV-EXT-DATA:ephemeral', 'OS-FLV-DISABLED:disabled', 'os-flavor-access:is_public'),
          access: allowed.map(({ tenant_id }) => nameOf(projects, tenant_id)).sort(),
        },
      };
    }),
  );
};

const keypairThings = async ({ cloud, users }: View): Promise<Thing[]> => {
  const things: Thing[] = [];
  for (const [id, name] of users) {
    const listing = { path: '/os-keypairs', key: 'keypairs', query: { user_id: id }, microversion: '2.35' };
    for (const { keypair } of await listed(cloud, 'compute', listing)) {
      if (!isJsonObject(keypair)) continue;
      const looks = only(keypair, 'fingerprint', 'public_key', 'type');
      things.push({ type: 'keypair', place: `${name}/${String(keypair['name'])}`, looks });
    }
  }
  return things;
};
