import type { JsonObject } from '@osm/kernel';
import type { Cloud, Query, ServiceName } from '@osm/resource';
import { listed, type Listing } from './listed.ts';
import { readIdentities } from './picture/identity.ts';

/**
 * Everything that a tenant has in a cloud, raw, with revision numbers and the times of the last change: two photographs
 * are equal only where nobody wrote anything in between.
 */
export const photograph = async (cloud: Cloud, prefix: string): Promise<readonly JsonObject[]> => {
  const { domains, projects, users } = await readIdentities(cloud, prefix);
  const things: JsonObject[] = [...domains, ...projects, ...users];
  for (const { id } of projects) things.push(...(await photographProject(cloud, String(id))));
  return sorted(things);
};

/** The same of a single project: what it owns, and who has roles in it. */
export const photographProject = async (cloud: Cloud, projectId: string): Promise<readonly JsonObject[]> => {
  const things: JsonObject[] = [];
  for (const [service, listing] of listingsOf(projectId)) {
    if (!(await cloud.has(service))) continue;
    for (const item of await listed(cloud, service, listing)) {
      if (service !== 'dns' || item['project_id'] === projectId) things.push({ of: listing.path, item });
    }
  }
  return sorted(things);
};

const listingsOf = (project_id: string): readonly (readonly [ServiceName, Listing])[] => {
  const ofAll: Query = { all_tenants: '1', project_id };
  const neutron = ['networks', 'subnets', 'routers', 'ports', 'floatingips', 'security-groups'];
  return [
    ['identity', { path: '/role_assignments', key: 'role_assignments', query: { 'scope.project.id': project_id } }],
    ['image', { path: '/images', key: 'images', query: { owner: project_id, visibility: 'all' } }],
    ...neutron.map(
      (type) => ['network', { path: `/${type}`, key: type.replace('-', '_'), query: { project_id } }] as const,
    ),
    ['block-storage', { path: '/volumes/detail', key: 'volumes', query: ofAll }],
    ['block-storage', { path: '/snapshots/detail', key: 'snapshots', query: ofAll }],
    ['compute', { path: '/servers/detail', key: 'servers', query: ofAll, microversion: 'newest' }],
    ['load-balancer', { path: '/lbaas/loadbalancers', key: 'loadbalancers', query: { project_id } }],
    ['dns', { path: '/zones', key: 'zones', headers: { 'X-Auth-All-Projects': 'true' } }],
    ['shared-file-system', { path: '/shares/detail', key: 'shares', query: ofAll, microversion: 'newest' }],
  ];
};

const sorted = (things: readonly JsonObject[]): readonly JsonObject[] =>
  things.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
