import type { JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/** The users of each group: one question a group, since no list shows all at once. */
export const membersByGroup = async (cloud: Cloud, id?: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const members = new Map<string, readonly string[]>();
  for (const group of id === undefined ? await ids(allGroups(cloud)) : [id]) {
    members.set(group, await ids(cloud.list('identity', `/groups/${group}/users`, { key: 'users' })));
  }
  return members;
};

/** The groups of each user; asked for one user at a time only where it is one user that is read. */
export const groupsByUser = async (cloud: Cloud, id?: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (id !== undefined) {
    return new Map([[id, await ids(cloud.list('identity', `/users/${id}/groups`, { key: 'groups' }))]]);
  }
  const groups = new Map<string, string[]>();
  for (const [group, members] of await membersByGroup(cloud)) {
    for (const member of members) groups.set(member, [...(groups.get(member) ?? []), group]);
  }
  return groups;
};

/**
 * The groups that the credential may see. One list for each domain, as with users: where domains have directories of
 * their own, the plain list shows the groups of the token's domain alone.
 */
export async function* allGroups(
  cloud: Cloud,
  scope: 'all-tenants' | 'own-project' = 'all-tenants',
): AsyncIterable<JsonObject> {
  if (scope === 'own-project') {
    yield* cloud.list('identity', '/groups', { key: 'groups' });
    return;
  }
  for await (const { id } of cloud.list('identity', '/domains', { key: 'domains' })) {
    yield* cloud.list('identity', '/groups', { key: 'groups', query: { domain_id: String(id) } });
  }
}

const ids = async (items: AsyncIterable<JsonObject>): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { id } of items) found.push(String(id));
  return found.sort();
};
