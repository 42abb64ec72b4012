import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { table } from './frame.ts';
import { attributesOf, ofRelease, type KindName } from './octavia-attributes.ts';
import { removePort } from './neutron-ports.ts';
import { ports } from './neutron-rows.ts';

/** Anything that Octavia keeps. */
export interface Row extends JsonObject {
  id: string;
  project_id: string;
  /** The load balancer that it is part of; its own id for a load balancer. */
  owner: string;
  /** What it hangs on: a pool for members and monitors, a listener for policies, a policy for rules. */
  parent: string;
  provisioning_status: string;
  operating_status: string;
  created_at: string;
  updated_at: string | null;
}

const tables = {
  loadbalancer: table<Row>('load-balancer.loadbalancers'),
  listener: table<Row>('load-balancer.listeners'),
  pool: table<Row>('load-balancer.pools'),
  member: table<Row>('load-balancer.members'),
  healthmonitor: table<Row>('load-balancer.healthmonitors'),
  l7policy: table<Row>('load-balancer.l7policies'),
  rule: table<Row>('load-balancer.rules'),
} as const;

/** When each load balancer began what it is at. */
const begun = table<{ readonly since: number; readonly isActive?: true }>('load-balancer.begun');

export const kinds = Object.keys(tables) as readonly KindName[];

export const rowsOf = (cloud: Cloud, kind: KindName): Map<string, Row> => tables[kind](cloud);

/** The rows of a kind that hang on something, as Octavia lists them: policies in their order. */
export const hangingOn = (cloud: Cloud, kind: KindName, parent: string): readonly Row[] => {
  const rows = [...rowsOf(cloud, kind).values()].filter((row) => row.parent === parent);
  return kind === 'l7policy' ? rows.sort((a, b) => Number(a.position) - Number(b.position)) : rows;
};

/** Octavia writes times without a zone. */
export const stamp = (cloud: Cloud): string => new Date(cloud.now()).toISOString().slice(0, 19);

/** From now on the load balancer, and what is changed of it, is in this state until the worker has done its work. */
export const begin = (cloud: Cloud, owner: string, status: string, ...changed: readonly Row[]): void => {
  begun(cloud).set(owner, { since: cloud.now() });
  const loadBalancer = rowsOf(cloud, 'loadbalancer').get(owner);
  if (loadBalancer !== undefined)
    loadBalancer.provisioning_status = status === 'PENDING_DELETE' && changed.length > 0 ? 'PENDING_UPDATE' : status;
  for (const row of changed) {
    row.provisioning_status = status;
    row.updated_at = stamp(cloud);
  }
};

/**
 * The worker: what was pending long enough is done, all of one load balancer at once. The load balancer itself is ACTIVE a
 * while before its parts are.
 */
export const catchUp = (cloud: Cloud): void => {
  for (const [owner, { since, isActive }] of [...begun(cloud)]) {
    if (!cloud.ripe(since)) continue;
    begun(cloud).delete(owner);
    const whole = rowsOf(cloud, 'loadbalancer').get(owner);
    if (whole?.provisioning_status === 'PENDING_DELETE') forget(cloud, 'loadbalancer', whole);
    else if (whole !== undefined && isActive !== true) {
      finish(cloud, whole);
      begun(cloud).set(owner, { since: cloud.now(), isActive: true });
    } else finishParts(cloud, owner);
  }
};

const finish = (cloud: Cloud, row: Row): void => {
  if (!row.provisioning_status.startsWith('PENDING')) return;
  row.provisioning_status = 'ACTIVE';
  row.updated_at = stamp(cloud);
};

const finishParts = (cloud: Cloud, owner: string): void => {
  for (const kind of kinds) {
    for (const row of [...rowsOf(cloud, kind).values()].filter((each) => each.owner === owner)) {
      if (row.provisioning_status === 'PENDING_DELETE') forget(cloud, kind, row);
      else finish(cloud, row);
    }
  }
};

/** A row goes with all that hangs on it; a load balancer's port goes with it. */
const forget = (cloud: Cloud, kind: KindName, row: Row): void => {
  rowsOf(cloud, kind).delete(row.id);
  for (const other of kinds) for (const child of hangingOn(cloud, other, row.id)) forget(cloud, other, child);
  const port = kind === 'loadbalancer' ? ports(cloud).get(String(row.vip_port_id)) : undefined;
  if (port !== undefined) removePort(cloud, port);
  if (kind !== 'pool') return;
  for (const listener of rowsOf(cloud, 'listener').values()) {
    if (listener.default_pool_id === row.id) listener.default_pool_id = null;
  }
};

const ids = (rows: readonly Row[]): Json[] => rows.map(({ id }) => ({ id }));

/** A row as the API shows it on its own or in a list: parts by their ids. */
export const shown = (call: Call, kind: KindName, row: Row): JsonObject => {
  const { cloud } = call;
  const own = { ...settable(call, kind, row), ...references(cloud, kind, row) };
  return { id: row.id, ...own, ...states(kind, row) };
};

/** A row as the answer to a create request shows it: with all its parts. */
export const shownWhole = (call: Call, kind: KindName, row: Row): JsonObject => {
  const { cloud } = call;
  const whole = (part: KindName): Json[] =>
    hangingOn(cloud, part, row.id).map((child) => shownWhole(call, part, child));
  const { loadbalancers: _owner, pools: _pools, healthmonitor_id: _monitor, ...one } = shown(call, kind, row);
  switch (kind) {
    case 'loadbalancer':
      return { ...one, listeners: whole('listener'), pools: whole('pool') };
    case 'listener':
      return { ...one, l7policies: whole('l7policy') };
    case 'pool':
      return { ...one, members: whole('member'), healthmonitor: whole('healthmonitor')[0] ?? null };
    case 'l7policy':
      return { ...one, rules: whole('rule') };
    default:
      return one;
  }
};

const settable = (call: Call, kind: KindName, row: Row): JsonObject =>
  Object.fromEntries(
    Object.entries(ofRelease(attributesOf[kind], call.cloud.options.release))
      .filter(([, { hidden }]) => hidden !== true)
      .map(([name]) => [name, name === 'tags' ? sorted(row.tags) : (row[name] ?? null)]),
  );

/** Octavia gives tags back in their own order, not in the one they came in. */
const sorted = (tags: Json | undefined): Json => (Array.isArray(tags) ? tags.map(String).sort() : []);

const references = (cloud: Cloud, kind: KindName, row: Row): JsonObject => {
  const isEpoxy = cloud.options.release === 'epoxy';
  switch (kind) {
    case 'loadbalancer':
      return {
        listeners: ids(hangingOn(cloud, 'listener', row.id)),
        pools: ids(hangingOn(cloud, 'pool', row.id)),
        ...(isEpoxy ? { vip_vnic_type: 'normal' } : {}),
      };
    case 'listener':
      return { loadbalancers: [{ id: row.owner }], l7policies: ids(hangingOn(cloud, 'l7policy', row.id)) };
    case 'pool': {
      const [monitor] = hangingOn(cloud, 'healthmonitor', row.id);
      return {
        loadbalancers: [{ id: row.owner }],
        listeners: ids(usersOf(cloud, row)),
        members: ids(hangingOn(cloud, 'member', row.id)),
        ...(monitor === undefined ? {} : { healthmonitor_id: monitor.id }),
      };
    }
    case 'member':
      return isEpoxy ? { vnic_type: 'normal' } : {};
    case 'healthmonitor':
      return { pools: [{ id: row.parent }] };
    case 'l7policy':
      return { listener_id: row.parent, rules: ids(hangingOn(cloud, 'rule', row.id)) };
    case 'rule':
      return {};
  }
};

/** Listeners that send to a pool, by default or by a policy. */
const usersOf = (cloud: Cloud, pool: Row): readonly Row[] =>
  hangingOn(cloud, 'listener', pool.owner).filter(
    (listener) =>
      listener.default_pool_id === pool.id ||
      hangingOn(cloud, 'l7policy', listener.id).some((policy) => policy.redirect_pool_id === pool.id),
  );

const states = (kind: KindName, row: Row): JsonObject => ({
  provisioning_status: row.provisioning_status,
  operating_status: row.operating_status,
  created_at: row.created_at,
  updated_at: row.updated_at,
  project_id: row.project_id,
  tenant_id: row.project_id,
  ...(kind === 'loadbalancer' ? { provider: row.provider ?? null } : {}),
});
