import type { Cloud, ServiceName } from '@osm/resource';
import { listed, type Listing } from './listed.ts';

const mark = /osm-[0-9a-f]{23}/;

const everywhere: readonly (readonly [ServiceName, Listing])[] = [
  ['identity', { path: '/domains', key: 'domains' }],
  ['identity', { path: '/projects', key: 'projects' }],
  ['identity', { path: '/users', key: 'users' }],
  ['identity', { path: '/groups', key: 'groups' }],
  ['identity', { path: '/roles', key: 'roles' }],
  ['image', { path: '/images', key: 'images', query: { visibility: 'all' } }],
  ['image', { path: '/images', key: 'images', query: { visibility: 'all', os_hidden: 'true' } }],
  ['network', { path: '/networks', key: 'networks' }],
  ['network', { path: '/subnets', key: 'subnets' }],
  ['network', { path: '/ports', key: 'ports' }],
  ['network', { path: '/routers', key: 'routers' }],
  ['network', { path: '/security-groups', key: 'security_groups' }],
  ['network', { path: '/security-group-rules', key: 'security_group_rules' }],
  ['block-storage', { path: '/types', key: 'volume_types', query: { is_public: 'None' } }],
  ['block-storage', { path: '/volumes/detail', key: 'volumes', query: { all_tenants: '1' } }],
  ['block-storage', { path: '/snapshots/detail', key: 'snapshots', query: { all_tenants: '1' } }],
  ['network', { path: '/floatingips', key: 'floatingips' }],
  ['compute', { path: '/servers/detail', key: 'servers', query: { all_tenants: '1' } }],
  ['compute', { path: '/os-keypairs', key: 'keypairs' }],
  [
    'shared-file-system',
    { path: '/shares/detail', key: 'shares', query: { all_tenants: '1' }, microversion: 'newest' },
  ],
  ['dns', { path: '/zones', key: 'zones', headers: { 'X-Auth-All-Projects': 'true' } }],
  ['compute', { path: '/flavors/detail', key: 'flavors', query: { is_public: 'None' } }],
];

/** What of a cloud, anybody's, still bears one of our markers: temporary images and descriptions that were not undressed. */
export const findLeftovers = async (cloud: Cloud): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [service, listing] of everywhere) {
    if (!(await cloud.has(service))) continue;
    for (const item of await listed(cloud, service, listing)) {
      const text = JSON.stringify(item);
      if (mark.test(text)) found.push(`${cloud.name} has a leftover in ${listing.key}: ${text}`);
    }
  }
  return found;
};
