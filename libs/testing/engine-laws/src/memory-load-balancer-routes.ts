import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { MemoryRoute } from './memory-routes.ts';
import { change, create, newId, Refused, rowOf, shelfAt, type Store } from './memory-store.ts';

const path = '/lbaas/loadbalancers';

/** What Octavia does, as far as a load balancer that is made whole makes use of it; parts are kept within their row. */
export const loadBalancerRoutes: readonly MemoryRoute[] = [
  { service: 'load-balancer', method: 'POST', path: /^\/lbaas\/loadbalancers$/, answer: make },
  {
    service: 'load-balancer',
    method: 'PUT',
    path: /^\/lbaas\/loadbalancers\/([^/]+)$/,
    answer: (store, [id = ''], { loadbalancer }) =>
      change(store, path, id, isJsonObject(loadbalancer) ? loadbalancer : {}),
  },
  {
    service: 'load-balancer',
    method: 'PUT',
    path: /^\/lbaas\/pools\/([^/]+)$/,
    answer: (store, [id = ''], { pool }) => changePool(store, id, isJsonObject(pool) ? pool : {}),
  },
  // Whose certificates it shows: their URLs begin as the key manager says.
  {
    service: 'key-manager',
    method: 'GET',
    path: /^\/$/,
    answer: () => ({ version: { links: [{ rel: 'self', href: 'http://keys.destination/v1' }] } }),
  },
  reading(/^\/lbaas\/providers$/, () => ({ providers: [{ name: 'amphora' }, { name: 'ovn' }] })),
  reading(/^\/lbaas\/listeners$/, (store) => ({ listeners: parts(store, 'listeners') })),
  reading(/^\/lbaas\/pools$/, (store) => ({ pools: parts(store, 'pools') })),
  reading(/^\/lbaas\/l7policies$/, (store) => ({
    l7policies: parts(store, 'listeners').flatMap((listener) => objects(listener['l7policies'])),
  })),
  reading(/^\/lbaas\/l7policies\/([^/]+)\/rules$/, (store, [id]) => {
    const policies = parts(store, 'listeners').flatMap((listener) => objects(listener['l7policies']));
    return { rules: objects(policies.find((policy) => policy['id'] === id)?.['rules']) as Json };
  }),
  reading(/^\/lbaas\/pools\/([^/]+)\/members$/, (store, [id]) => ({
    members: objects(parts(store, 'pools').find((pool) => pool['id'] === id)?.['members']) as Json,
  })),
  reading(/^\/lbaas\/healthmonitors$/, (store) => ({
    healthmonitors: parts(store, 'pools').flatMap(({ healthmonitor }) =>
      isJsonObject(healthmonitor) ? [healthmonitor] : [],
    ),
  })),
  reading(/^\/lbaas\/loadbalancers\/([^/]+)\/status$/, (store, [id = '']) => ({
    statuses: { loadbalancer: rowOf(store, path, id) },
  })),
];

function reading(at: RegExp, answer: MemoryRoute['answer']): MemoryRoute {
  return { service: 'load-balancer', method: 'GET', path: at, answer };
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Parts of all load balancers, each with the one that it belongs to. */
function parts(store: Store, kind: 'listeners' | 'pools'): JsonObject[] {
  return [...shelfAt(store, path).rows.values()].flatMap((row) =>
    objects(row[kind]).map((part) => ({ ...part, loadbalancers: [{ id: row['id'] ?? null }] })),
  );
}

const state = { provisioning_status: 'ACTIVE', operating_status: 'ONLINE' };

/** Pools are referred to by their names in the request, and by their ids ever after. */
function make(store: Store, _ids: readonly string[], body: JsonObject): Json {
  const asked = isJsonObject(body['loadbalancer']) ? body['loadbalancer'] : {};
  const pools = objects(asked['pools']).map((pool): JsonObject => {
    const monitor = isJsonObject(pool['healthmonitor'])
      ? { ...pool['healthmonitor'], ...state, id: newId(store) }
      : null;
    return {
      ...pool,
      ...state,
      id: newId(store),
      healthmonitor: monitor,
      ...(monitor === null ? {} : { healthmonitor_id: monitor.id }),
      members: objects(pool['members']).map((member) => ({ ...member, ...state, id: newId(store) })),
    };
  });
  const poolId = (pool: Json | undefined): Json =>
    pools.find(({ name }) => isJsonObject(pool) && name === pool['name'])?.['id'] ?? null;
  const listeners = objects(asked['listeners']).map(({ default_pool, ...listener }): JsonObject => {
    const id = newId(store);
    const policies = objects(listener['l7policies']).map(({ redirect_pool, ...policy }): JsonObject => ({
      ...policy,
      ...state,
      id: newId(store),
      listener_id: id,
      redirect_pool_id: poolId(redirect_pool),
      rules: objects(policy['rules']).map((rule) => ({ ...rule, ...state, id: newId(store) })),
    }));
    return { ...listener, ...state, id, default_pool_id: poolId(default_pool), l7policies: policies };
  });
  const row = { ...asked, ...state, id: newId(store), listeners, pools };
  return { loadbalancer: create(store, shelfAt(store, path), row) };
}

function changePool(store: Store, id: string, changes: JsonObject): Json {
  for (const row of shelfAt(store, path).rows.values()) {
    const pools = objects(row['pools']);
    if (!pools.some((pool) => pool['id'] === id)) continue;
    const changed = pools.map((pool) => (pool['id'] === id ? { ...pool, ...changes } : pool));
    change(store, path, String(row['id']), { pools: changed });
    return null;
  }
  throw new Refused(404, `no pool ${id}`);
}
