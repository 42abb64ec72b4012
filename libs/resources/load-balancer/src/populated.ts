import type { JsonObject } from '@osm/kernel';
import type {
  ListenerAttributes,
  Graph,
  MemberAttributes,
  PolicyAttributes,
  PoolAttributes,
} from './load-balancer-source.ts';
import { poolNames } from './pool-names.ts';

/**
 * Listeners and pools in the words of Octavia's create request for a whole load balancer, where ids mean nothing: pools
 * stand beside the listeners and are referred to by their names.
 */
export const populated = (graph: Graph): JsonObject => {
  const names = poolNames(graph);
  const pool = (id: string | null | undefined): JsonObject | undefined => {
    const name = id == null ? undefined : names.get(id);
    return name === undefined ? undefined : { name };
  };
  return {
    pools: graph.pools.map((one) => poolBody(one, names.get(one.id) ?? one.name)),
    listeners: graph.listeners.map((one) => listenerBody(one, pool)),
  };
};

type PoolNamed = (id: string | null | undefined) => JsonObject | undefined;

const listenerBody = (listener: ListenerAttributes, pool: PoolNamed): JsonObject =>
  given({
    ...settable(listener, ['default_pool_id', 'l7policies']),
    // Octavia shows false where nothing was said, and refuses both without the age.
    ...(listener.hsts_max_age == null ? { hsts_include_subdomains: undefined, hsts_preload: undefined } : {}),
    default_pool: pool(listener.default_pool_id),
    l7policies: listener.l7policies
      .toSorted((a, b) => a.position - b.position)
      .map((policy) => policyBody(policy, pool)),
  });

const policyBody = (policy: PolicyAttributes, pool: PoolNamed): JsonObject =>
  given({
    ...settable(policy, ['listener_id', 'redirect_pool_id', 'rules']),
    redirect_pool: pool(policy.redirect_pool_id),
    rules: policy.rules.map((rule) => given(settable(rule, []))),
  });

const poolBody = (pool: PoolAttributes, name: string): JsonObject =>
  given({
    ...settable(pool, ['healthmonitor_id', 'healthmonitor', 'listeners', 'members', 'session_persistence', 'used_by']),
    name,
    session_persistence: isObject(pool['session_persistence']) ? given(pool['session_persistence']) : undefined,
    healthmonitor: pool.healthmonitor === null ? undefined : given(settable(pool.healthmonitor, ['pools'])),
    members: pool.members.map(memberBody),
  });

const memberBody = (member: MemberAttributes): JsonObject =>
  given({
    ...settable(member, ['vnic_type']),
    request_sriov: member.vnic_type === 'direct' ? true : undefined,
  });

/** What Octavia shows of each part and gives it itself. */
export const madeByOctavia: readonly string[] = [
  'id',
  'project_id',
  'tenant_id',
  'loadbalancers',
  'provisioning_status',
  'operating_status',
  'created_at',
  'updated_at',
];

const settable = (part: object, others: readonly string[]): { readonly [name: string]: unknown } =>
  Object.fromEntries(Object.entries(part).filter(([name]) => !madeByOctavia.includes(name) && !others.includes(name)));

/** Octavia shows null where nothing was set; to leave it out is how that is said. `false`, 0, '' and [] are values. */
const given = (body: object): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined)) as JsonObject;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
