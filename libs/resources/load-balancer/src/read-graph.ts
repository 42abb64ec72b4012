import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud, Query } from '@osm/resource';

/**
 * Reads what a load balancer consists of: listeners with their policies and rules, pools with members and monitor, also
 * those that no listener uses. Called without id for a scan of all, where each kind of child is listed once.
 *
 * Octavia filters children by `loadbalancer_id`; a client that misspells a filter gets those of the whole cloud, so each
 * child is asked once more whose it is.
 */
export const readGraph = async (
  cloud: Cloud,
  id?: string,
): Promise<(item: JsonObject) => JsonObject | Promise<JsonObject>> => {
  const of: Query = id === undefined ? {} : { loadbalancer_id: id };
  const nothing: readonly JsonObject[] = [];
  const [listeners, pools, monitors, policies] =
    id === undefined
      ? await Promise.all([
          listed(cloud, '/lbaas/listeners', 'listeners', of),
          listed(cloud, '/lbaas/pools', 'pools', of),
          listed(cloud, '/lbaas/healthmonitors', 'healthmonitors', {}),
          listed(cloud, '/lbaas/l7policies', 'l7policies', {}),
        ])
      : [
          ...(await Promise.all([
            listed(cloud, '/lbaas/listeners', 'listeners', of),
            listed(cloud, '/lbaas/pools', 'pools', of),
          ])),
          nothing,
          nothing,
        ];
  return async (item) => {
    // What is on its way out loses its children one by one: they are not looked for.
    if (isGoing(item)) return { listeners: [], pools: [] };
    const own = listeners.filter((listener) => belongsTo(listener, item));
    const monitorOf = id === undefined ? among(monitors) : monitorsOfPool(cloud);
    const policiesOf = id === undefined ? amongPolicies(policies) : policiesOfListener(cloud);
    const nested = await Promise.all(own.map((listener) => withPolicies(cloud, listener, policiesOf)));
    const ownPools = pools.filter((pool) => belongsTo(pool, item));
    return {
      listeners: nested,
      pools: await Promise.all(ownPools.map((pool) => withMembers(cloud, pool, nested, monitorOf))),
    };
  };
};

type MonitorOf = (pool: JsonObject) => Promise<JsonObject | null>;
type PoliciesOf = (listener: JsonObject) => Promise<readonly JsonObject[]>;

const isGoing = ({ provisioning_status: status }: JsonObject): boolean =>
  status === 'PENDING_DELETE' || status === 'DELETED';

const belongsTo = ({ loadbalancers }: JsonObject, { id }: JsonObject): boolean =>
  objects(loadbalancers).some((owner) => owner['id'] === id);

const withPolicies = async (cloud: Cloud, listener: JsonObject, policiesOf: PoliciesOf): Promise<JsonObject> => {
  const policies = objects(listener['l7policies']).length === 0 ? [] : await policiesOf(listener);
  const inOrder = policies.toSorted((a, b) => Number(a['position']) - Number(b['position']));
  return { ...listener, l7policies: await Promise.all(inOrder.map((policy) => withRules(cloud, policy))) };
};

const withRules = async (cloud: Cloud, policy: JsonObject): Promise<JsonObject> => {
  if (objects(policy['rules']).length === 0) return policy;
  const path = `/lbaas/l7policies/${String(policy['id'])}/rules`;
  return { ...policy, rules: [...(await listed(cloud, path, 'rules', {}))] };
};

const withMembers = async (
  cloud: Cloud,
  pool: JsonObject,
  listeners: readonly JsonObject[],
  monitorOf: MonitorOf,
): Promise<JsonObject> => {
  const { id, healthmonitor_id: monitorId } = pool;
  const path = `/lbaas/pools/${String(id)}/members`;
  return {
    ...pool,
    members: objects(pool['members']).length === 0 ? [] : [...(await listed(cloud, path, 'members', {}))],
    // A pool without monitor shows no such attribute at all.
    healthmonitor: typeof monitorId === 'string' ? await monitorOf(pool) : null,
    used_by: usesOf(id, listeners),
  };
};

/** Octavia names listeners and policies by ids only, which tell nothing on another cloud: a port and a place in order do. */
const usesOf = (poolId: Json | undefined, listeners: readonly JsonObject[]): JsonObject[] =>
  listeners.flatMap((listener) => {
    const { protocol = null, protocol_port = null } = listener;
    const redirects = objects(listener['l7policies']).filter((policy) => policy['redirect_pool_id'] === poolId);
    return [
      ...(listener['default_pool_id'] === poolId ? [{ protocol, protocol_port }] : []),
      ...redirects.map(({ position = null }) => ({ protocol, protocol_port, position })),
    ];
  });

const among =
  (monitors: readonly JsonObject[]): MonitorOf =>
  async ({ healthmonitor_id: id }) =>
    monitors.find((monitor) => monitor['id'] === id) ?? null;

const monitorsOfPool =
  (cloud: Cloud): MonitorOf =>
  async (pool) => {
    const found = await listed(cloud, '/lbaas/healthmonitors', 'healthmonitors', { pool_id: String(pool['id']) });
    return among(found)(pool);
  };

const amongPolicies =
  (policies: readonly JsonObject[]): PoliciesOf =>
  async ({ id }) =>
    policies.filter((policy) => policy['listener_id'] === id);

const policiesOfListener =
  (cloud: Cloud): PoliciesOf =>
  async ({ id }) => {
    const found = await listed(cloud, '/lbaas/l7policies', 'l7policies', { listener_id: String(id) });
    return found.filter((policy) => policy['listener_id'] === id);
  };

const listed = async (cloud: Cloud, path: string, key: string, query: Query): Promise<readonly JsonObject[]> => {
  const items: JsonObject[] = [];
  for await (const item of cloud.list('load-balancer', path, { key, query })) items.push(item);
  return items;
};

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
