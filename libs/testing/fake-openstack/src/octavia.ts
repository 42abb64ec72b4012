import type { Call, FakeCloudOptions, Json, JsonObject, Reply, Route, Service } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { roles } from './identity-rows.ts';
import { attributesOf, type KindName } from './octavia-attributes.ts';
import { createLoadBalancer, providers } from './octavia-load-balancers.ts';
import { makeListener, makeMember, makeMonitor, makePolicy, makePool, makeRule, type Place } from './octavia-parts.ts';
import { mustOwn, octaviaRoles, seesAll } from './octavia-policy.ts';
import { begin, catchUp, hangingOn, rowsOf, shown, type Row } from './octavia-rows.ts';
import { checkedUpdate, missing } from './octavia-validation.ts';
import { page, pageBody } from './paging.ts';
import { hasTags } from './tags.ts';

/** How a kind is called: in paths, in lists, in refusals. */
const words: { readonly [kind in KindName]: { readonly path: string; readonly many: string; readonly says: string } } =
  {
    loadbalancer: { path: '/v2/lbaas/loadbalancers', many: 'loadbalancers', says: 'Load Balancer' },
    listener: { path: '/v2/lbaas/listeners', many: 'listeners', says: 'Listener' },
    pool: { path: '/v2/lbaas/pools', many: 'pools', says: 'Pool' },
    member: { path: '/v2/lbaas/pools/:parent/members', many: 'members', says: 'Member' },
    healthmonitor: { path: '/v2/lbaas/healthmonitors', many: 'healthmonitors', says: 'HealthMonitor' },
    l7policy: { path: '/v2/lbaas/l7policies', many: 'l7policies', says: 'L7Policy' },
    rule: { path: '/v2/lbaas/l7policies/:parent/rules', many: 'rules', says: 'L7Rule' },
  };

/** Octavia: load balancers, made whole by one request or part by part. */
export function loadBalancerService(_options: FakeCloudOptions): Service {
  return {
    prefix: 'load-balancer',
    type: 'load-balancer',
    name: 'octavia',
    endpointPath: '',
    routes: [
      { method: 'GET', path: '/', open: true, handle: versions },
      { method: 'GET', path: '/v2/lbaas/providers', handle: listProviders },
      { method: 'GET', path: '/v2/lbaas/flavors', handle: () => nothing('flavors') },
      { method: 'GET', path: '/v2/lbaas/availabilityzones', handle: () => nothing('availability_zones') },
      { method: 'POST', path: words.loadbalancer.path, handle: settled(createLoadBalancer) },
      { method: 'GET', path: `${words.loadbalancer.path}/:id/status`, handle: settled(statusTree) },
      ...(Object.keys(words) as readonly KindName[]).flatMap(routesOf),
    ],
    seed: (cloud) => {
      for (const name of octaviaRoles) {
        const id = cloud.newHexId();
        roles(cloud).set(id, { id, name, domain_id: null, description: null, options: {} });
      }
    },
    refusal: ({ message, status }) => ({
      body: { faultcode: status >= 500 ? 'Server' : 'Client', faultstring: message, debuginfo: null },
    }),
  };
}

const settled =
  (handle: (call: Call) => Reply): Route['handle'] =>
  (call) => {
    catchUp(call.cloud);
    return handle(call);
  };

function versions(call: Call): Reply {
  const newest = call.cloud.options.release === 'epoxy' ? 30 : 26;
  const links = [{ rel: 'self', href: `${call.baseUrl}/v2` }];
  const all = Array.from({ length: newest + 1 }, (_, minor) => ({
    id: `v2.${minor}`,
    status: minor === newest ? 'CURRENT' : 'SUPPORTED',
    updated: '2020-04-29T00:00:00Z',
    links,
  }));
  return { status: 200, body: { versions: all } };
}

function listProviders(): Reply {
  const all = Object.entries(providers).map(([name, description]) => ({ name, description }));
  return { status: 200, body: { providers: all } };
}

const nothing = (many: string): Reply => ({ status: 200, body: { [many]: [], [`${many}_links`]: [] } });

const routesOf = (kind: KindName): readonly Route[] => {
  const { path } = words[kind];
  const all: readonly (readonly [string, string, (call: Call) => Reply])[] = [
    ['GET', path, (call) => list(call, kind)],
    ['GET', `${path}/:id`, (call) => ({ status: 200, body: { [kind]: shown(call, kind, found(call, kind)) } })],
    ['PUT', `${path}/:id`, (call) => update(call, kind)],
    ['DELETE', `${path}/:id`, (call) => remove(call, kind)],
    ...(kind === 'loadbalancer' ? [] : ([['POST', path, (call: Call) => create(call, kind)]] as const)),
  ];
  return all.map(([method, at, handle]) => ({ method, path: at, handle: settled(handle) }));
};

function found(call: Call, kind: KindName): Row {
  const { id = '', parent } = call.params;
  const row = rowsOf(call.cloud, kind).get(id);
  if (row === undefined || (parent !== undefined && row.parent !== parent)) throw missing(words[kind].says, id);
  mustOwn(call, row.project_id);
  return row;
}

const controls = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'fields', 'page_reverse'];
const tagFilters = ['tags', 'tags-any', 'not-tags', 'not-tags-any'];
const states = ['id', 'project_id', 'provisioning_status', 'operating_status', 'created_at', 'updated_at'];
/** What a part may be asked for beside its own attributes: a listener and a pool by load balancer, nothing else by it. */
const byParent: { readonly [kind in KindName]?: readonly string[] } = {
  listener: ['loadbalancer_id', 'load_balancer_id'],
  pool: ['loadbalancer_id', 'load_balancer_id'],
  healthmonitor: ['pool_id'],
  l7policy: ['listener_id'],
};

function list(call: Call, kind: KindName): Reply {
  const { cloud, query, params } = call;
  if (!seesAll(call)) mustOwn(call, String(call.context.projectId));
  const known = [...states, ...Object.keys(attributesOf[kind]), ...(byParent[kind] ?? [])];
  const asked = [...new Set(query.keys())].filter((key) => !controls.includes(key) && !tagFilters.includes(key));
  if (asked.some((key) => !known.includes(key))) {
    throw new Refusal(400, 'One or more arguments are either duplicate or invalid');
  }
  const rows = [...rowsOf(cloud, kind).values()]
    .filter((row) => params.parent === undefined || row.parent === params.parent)
    .filter((row) => seesAll(call) || row.project_id === call.context.projectId)
    .filter((row) => asked.every((key) => query.getAll(key).includes(text(valueOf(kind, row, key)))))
    .filter((row) => hasTags(query, Array.isArray(row.tags) ? row.tags.map(String) : []));
  const { many } = words[kind];
  const style = {
    collection: many,
    next: 'links',
    max: Infinity,
    unknownMarker: (marker: string) => new Refusal(400, `Supplied pagination marker '${marker}' is not valid.`),
  } as const;
  const { rows: cut, next } = page(call, rows, style, ({ id }) => id);
  const body = pageBody(
    style,
    cut.map((row) => shown(call, kind, row)),
    next,
  );
  return { status: 200, body: { [`${many}_links`]: [], ...body } };
}

const valueOf = (kind: KindName, row: Row, key: string): Json | undefined => {
  if (byParent[kind]?.includes(key) !== true) return row[key];
  return kind === 'listener' || kind === 'pool' ? row.owner : row.parent;
};

const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === true ? 'True' : JSON.stringify(value ?? null);

/** One change at a time: whoever comes while the worker is at it is sent away. */
function mustStandStill(call: Call, owner: string, kind: KindName): void {
  const row = rowsOf(call.cloud, 'loadbalancer').get(owner);
  if (row === undefined) throw missing('Load Balancer', owner);
  if (row.provisioning_status === 'ACTIVE') return;
  const mayGo = call.method === 'DELETE' && kind === 'loadbalancer' && row.provisioning_status === 'ERROR';
  if (mayGo) return;
  const message =
    kind === 'loadbalancer'
      ? `Invalid state ${row.provisioning_status} of loadbalancer resource ${owner}`
      : `Load Balancer ${owner} is immutable and cannot be updated.`;
  throw new Refusal(409, message);
}

const given = (call: Call, kind: KindName): JsonObject => {
  const inner = isObject(call.body) ? call.body[kind] : undefined;
  if (isObject(inner)) return inner;
  throw new Refusal(400, `Missing argument: "${kind}_"`);
};

const makers = {
  listener: makeListener,
  pool: makePool,
  member: makeMember,
  healthmonitor: makeMonitor,
  l7policy: makePolicy,
  rule: makeRule,
} as const;

function create(call: Call, kind: Exclude<KindName, 'loadbalancer'>): Reply {
  const asked = given(call, kind);
  const place = placeOf(call, kind, asked);
  mustOwn(call, place.projectId);
  mustStandStill(call, place.owner, kind);
  const row = makers[kind](call, place, asked);
  if (kind === 'pool' && typeof asked.listener_id === 'string') {
    const listener = rowsOf(call.cloud, 'listener').get(asked.listener_id);
    if (listener !== undefined) listener.default_pool_id = row.id;
  }
  begin(call.cloud, place.owner, 'PENDING_UPDATE');
  return { status: 201, body: { [kind]: shown(call, kind, row) } };
}

function placeOf(call: Call, kind: KindName, asked: JsonObject): Place {
  const { cloud, params } = call;
  const place = (of: KindName, id: Json | undefined): Place => {
    const row = rowsOf(cloud, of).get(String(id));
    if (row === undefined) throw missing(words[of].says, String(id));
    return { owner: row.owner, parent: row.id, projectId: row.project_id };
  };
  switch (kind) {
    case 'member':
      return place('pool', params.parent);
    case 'rule':
      return place('l7policy', params.parent);
    case 'healthmonitor':
      return place('pool', asked.pool_id);
    case 'l7policy':
      return place('listener', asked.listener_id);
    default: {
      const listener = kind === 'pool' ? rowsOf(cloud, 'listener').get(String(asked.listener_id)) : undefined;
      return place('loadbalancer', asked.loadbalancer_id ?? listener?.owner);
    }
  }
}

function update(call: Call, kind: KindName): Reply {
  const [unknown] = call.query.keys();
  if (unknown !== undefined) throw new Refusal(400, `Unknown argument: "${unknown}"`);
  const row = found(call, kind);
  const changes = checkedUpdate(call, kind, given(call, kind));
  mustStandStill(call, row.owner, kind);
  Object.assign(row, changes);
  if (kind === 'loadbalancer') begin(call.cloud, row.owner, 'PENDING_UPDATE');
  else begin(call.cloud, row.owner, 'PENDING_UPDATE', row);
  return { status: 200, body: { [kind]: shown(call, kind, row) } };
}

function remove(call: Call, kind: KindName): Reply {
  const row = found(call, kind);
  const { cloud } = call;
  const cascades = /^(true|1|yes|on)$/i.test(call.query.get('cascade') ?? '');
  const parts = [...hangingOn(cloud, 'listener', row.id), ...hangingOn(cloud, 'pool', row.id)];
  if (kind === 'loadbalancer' && parts.length > 0 && !cascades) {
    throw new Refusal(400, `Validation failure: Cannot delete Load Balancer ${row.id} - it has children`);
  }
  mustStandStill(call, row.owner, kind);
  if (kind === 'loadbalancer') begin(cloud, row.owner, 'PENDING_DELETE');
  else begin(cloud, row.owner, 'PENDING_DELETE', row);
  return { status: 204 };
}

/** States from the load balancer downwards. Pools that no listener uses are not in it. */
function statusTree(call: Call): Reply {
  const row = found(call, 'loadbalancer');
  const { cloud } = call;
  const state = ({ id, name, provisioning_status, operating_status }: Row): JsonObject => ({
    id,
    name: name ?? '',
    provisioning_status,
    operating_status,
  });
  const pools = hangingOn(cloud, 'pool', row.id);
  const uses = (listener: Row, pool: Row): boolean =>
    listener.default_pool_id === pool.id ||
    hangingOn(cloud, 'l7policy', listener.id).some((policy) => policy.redirect_pool_id === pool.id);
  const poolState = (pool: Row): JsonObject => {
    const [monitor] = hangingOn(cloud, 'healthmonitor', pool.id);
    const members = hangingOn(cloud, 'member', pool.id);
    return {
      ...state(pool),
      ...(monitor === undefined ? {} : { health_monitor: { ...state(monitor), type: monitor.type } }),
      members: members.map((member) => ({
        ...state(member),
        address: member.address,
        protocol_port: member.protocol_port,
      })),
    };
  };
  const listeners = hangingOn(cloud, 'listener', row.id).map((listener) => ({
    ...state(listener),
    pools: pools.filter((pool) => uses(listener, pool)).map(poolState),
  }));
  return { status: 200, body: { statuses: { loadbalancer: { ...state(row), listeners } } } };
}
