import type { JsonObject } from '@osm/kernel';
import type { Cloud, ServiceName } from '@osm/resource';
import { listed, type Listing } from './listed.ts';
import { readIdentities } from './picture/identity.ts';

/**
 * Everything that a tenant has in a cloud, raw, with revision numbers and the times of the last change: two photographs
 * are equal only where nobody wrote anything in between.
 */
export const photograph = async (cloud: Cloud, prefix: string): Promise<readonly JsonObject[]> => {
  const { domains, projects, users } = await readIdentities(cloud, prefix);
  const things: JsonObject[] = [...domains, ...projects, ...users];
  const add = async (service: ServiceName, listing: Listing): Promise<void> => {
    for (const item of await listed(cloud, service, listing)) things.push({ of: listing.path, item });
  };
  for (const { id } of projects) {
    const project_id = String(id);
    await add('identity', {
      path: '/role_assignments',
      key: 'role_assignments',
      query: { 'scope.project.id': project_id },
    });
    await add('image', { path: '/images', key: 'images', query: { owner: project_id, visibility: 'all' } });
    for (const type of ['networks', 'subnets', 'routers', 'ports', 'security-groups']) {
      await add('network', { path: `/${type}`, key: type.replace('-', '_'), query: { project_id } });
    }
    const query = { all_tenants: '1', project_id };
    await add('block-storage', { path: '/volumes/detail', key: 'volumes', query });
  }
  return things.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
};
