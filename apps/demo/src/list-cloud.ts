import type { JsonObject } from '@osm/kernel';
import type { Cloud, ServiceName } from '@osm/resource';

/** All that a cloud holds of the types that are moved, as its own lists show it, by type. */
export type Holdings = ReadonlyMap<string, readonly JsonObject[]>;

interface Listing {
  readonly type: string;
  readonly service: ServiceName;
  readonly path: string;
  readonly key: string;
  readonly query: { readonly [name: string]: string };
}

const listed = (
  type: string,
  service: ServiceName,
  path: string,
  key: string,
  query: Listing['query'] = {},
): Listing => ({
  type,
  service,
  path,
  key,
  query,
});

/** By plain list calls and by nothing of the tool that is shown: this is how its work is checked. */
const listings: readonly Listing[] = [
  listed('domain', 'identity', '/domains', 'domains'),
  listed('project', 'identity', '/projects', 'projects'),
  listed('role', 'identity', '/roles', 'roles'),
  listed('user', 'identity', '/users', 'users'),
  listed('image', 'image', '/images', 'images'),
  listed('network', 'network', '/networks', 'networks'),
  listed('subnet', 'network', '/subnets', 'subnets'),
  listed('router', 'network', '/routers', 'routers'),
  listed('security-group', 'network', '/security-groups', 'security_groups'),
  listed('security-group-rule', 'network', '/security-group-rules', 'security_group_rules'),
  listed('flavor', 'compute', '/flavors/detail', 'flavors', { is_public: 'None' }),
  listed('volume-type', 'block-storage', '/types', 'volume_types', { is_public: 'None' }),
  listed('volume', 'block-storage', '/volumes/detail', 'volumes', { all_tenants: '1' }),
];

/** The type under which the roles that the signed-in user holds are kept: none may stay behind. */
export const ownRoles = 'role assignment';

/** Everything that the cloud holds; what plain lists leave out too: hidden images, roles of a domain, own roles. */
export const listCloud = async (cloud: Cloud): Promise<Holdings> => {
  const { userId } = await cloud.whoAmI();
  const domains = await itemsOf(cloud, listed('domain', 'identity', '/domains', 'domains'));
  const further = [
    listed('image', 'image', '/images', 'images', { os_hidden: 'true' }),
    ...domains.map(({ id }) => listed('role', 'identity', '/roles', 'roles', { domain_id: String(id) })),
  ];
  const found = await Promise.all(
    [...listings, ...further].map(async (listing) => ({ type: listing.type, items: await itemsOf(cloud, listing) })),
  );
  const held = new Map<string, JsonObject[]>();
  for (const { type, items } of found) held.set(type, [...(held.get(type) ?? []), ...items]);
  const grants = listed(ownRoles, 'identity', '/role_assignments', 'role_assignments', { 'user.id': userId });
  const assigned = await itemsOf(cloud, grants);
  return held.set(
    ownRoles,
    assigned.map((item) => ({ ...item, id: JSON.stringify([item['role'], item['scope']]) })),
  );
};

const itemsOf = async (cloud: Cloud, { service, path, key, query }: Listing): Promise<JsonObject[]> =>
  Array.fromAsync(cloud.list(service, path, { key, query }));

/** Only the ids. */
export const idsOf = (holdings: Holdings): { [type: string]: string[] } =>
  Object.fromEntries([...holdings].map(([type, items]) => [type, items.map(({ id }) => String(id))]));
