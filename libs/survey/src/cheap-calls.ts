import type { Request, ServiceName } from '@osm/resource';

const one = (path: string): Request => ({ method: 'GET', path, query: { limit: '1' } });

/** A call of each service that every credential with a role may make and that costs the cloud next to nothing. */
export const cheapCalls: { readonly [service in ServiceName]: Request } = {
  identity: { method: 'GET', path: '/auth/projects' },
  image: one('/images'),
  'block-storage': one('/volumes'),
  network: one('/networks'),
  compute: one('/servers'),
  'key-manager': one('/secrets'),
  dns: one('/zones'),
  'load-balancer': one('/lbaas/loadbalancers'),
  'shared-file-system': one('/shares'),
  'object-store': { method: 'GET', path: '', query: { limit: '1', format: 'json' } },
};
