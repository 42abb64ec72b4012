import type { JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/**
 * The users that the credential may see. One list for each domain: where domains have directories of their own, Keystone
 * answers the plain list with the users of the token's domain alone (keystone/server/flask/common.py).
 */
export async function* allUsers(cloud: Cloud, scope: 'all-tenants' | 'own-project'): AsyncIterable<JsonObject> {
  if (scope === 'own-project') {
    yield* cloud.list('identity', '/users', { key: 'users' });
    return;
  }
  for await (const { id } of cloud.list('identity', '/domains', { key: 'domains' })) {
    yield* cloud.list('identity', '/users', { key: 'users', query: { domain_id: String(id) } });
  }
}
