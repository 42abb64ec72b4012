import type { Call, JsonObject, Reply } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { makePort } from './neutron-ports.ts';
import { networks, subnets, type Network } from './neutron-rows.ts';
import { makeListener, makePolicy, makePool, objects, put } from './octavia-parts.ts';
import { mustOwn } from './octavia-policy.ts';
import { begin, kinds, rowsOf, shownWhole, type Row } from './octavia-rows.ts';
import { checkedCreate, invalid } from './octavia-validation.ts';

/** Names of the drivers; the first is the default. */
export const providers = {
  amphora: 'The Octavia Amphora driver',
  octavia: 'Deprecated alias of the Octavia Amphora driver',
  ovn: 'Accepts SOURCE_IP_PORT like OVN',
} as const;

/** Makes a load balancer with everything that the request has in it, or nothing at all. */
export function createLoadBalancer(call: Call): Reply {
  const { cloud } = call;
  const given = isObject(call.body) && isObject(call.body.loadbalancer) ? call.body.loadbalancer : undefined;
  if (given === undefined) throw new Refusal(400, `Missing argument: "load_balancer"`);
  const asked = checkedCreate(call, 'loadbalancer', given);
  const projectId = String(asked.project_id ?? given.tenant_id ?? call.context.projectId);
  mustOwn(call, projectId);
  const place = vipOf(call, asked);
  const provider = String(asked.provider ?? 'amphora');
  if (!(provider in providers)) throw new Refusal(400, `Provider '${provider}' is not enabled.`);
  mustBeNamed(given);
  const id = cloud.newId();
  const before = kinds.map((kind) => ({ kind, ids: new Set(rowsOf(cloud, kind).keys()) }));
  try {
    const row = put(call, 'loadbalancer', { owner: id, parent: '', projectId }, { ...asked, provider });
    rowsOf(cloud, 'loadbalancer').delete(row.id);
    row.id = id;
    rowsOf(cloud, 'loadbalancer').set(id, row);
    populate(call, row, given);
    plugVip(call, row, place);
    begin(cloud, id, 'PENDING_CREATE');
    return { status: 201, body: { loadbalancer: shownWhole(call, 'loadbalancer', row) } };
  } catch (error) {
    for (const { kind, ids } of before) {
      for (const made of [...rowsOf(cloud, kind).keys()]) if (!ids.has(made)) rowsOf(cloud, kind).delete(made);
    }
    throw error;
  }
}

interface Vip {
  readonly network: Network;
  readonly subnetId: string;
}

function vipOf(
  call: Call,
  { vip_network_id: networkId, vip_subnet_id: subnetId, vip_port_id: portId }: JsonObject,
): Vip {
  const { cloud } = call;
  if (portId === null && networkId === null && subnetId === null) {
    throw invalid('VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.');
  }
  if (networkId !== null && !networks(cloud).has(String(networkId))) {
    throw new Refusal(400, `Network ${String(networkId)} not found.`);
  }
  const subnet =
    subnetId === null
      ? [...subnets(cloud).values()].find((each) => each.network_id === networkId)
      : subnets(cloud).get(String(subnetId));
  if (subnet === undefined) throw new Refusal(400, `Subnet ${String(subnetId)} not found.`);
  const network = networks(cloud).get(subnet.network_id);
  if (network === undefined) throw new Refusal(400, `Network ${subnet.network_id} not found.`);
  return { network, subnetId: subnet.id };
}

/** The address's port is Neutron's; what Neutron refuses comes back as an error of the provider. */
function plugVip(call: Call, row: Row, { network, subnetId }: Vip): void {
  const asked = typeof row.vip_address === 'string' ? { ip_address: row.vip_address } : {};
  const others = objects(row.additional_vips).map(({ subnet_id, ip_address }) => ({
    subnet_id: subnet_id ?? null,
    ...(typeof ip_address === 'string' ? { ip_address } : {}),
  }));
  try {
    const port = makePort(call.cloud, network, {
      project_id: row.project_id,
      name: `octavia-lb-${row.id}`,
      device_owner: 'Octavia',
      device_id: `lb-${row.id}`,
      admin_state_up: false,
      fixed_ips: [{ subnet_id: subnetId, ...asked }, ...others],
    });
    const [first, ...more] = port.fixed_ips;
    row.vip_port_id = port.id;
    row.vip_network_id = network.id;
    row.vip_subnet_id = subnetId;
    row.vip_address = first?.ip_address ?? null;
    row.additional_vips = more.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(500, `Provider '${String(row.provider)}' reports error: ${error.message}`);
  }
}

/** In such a request a pool is referred to by its name. */
function mustBeNamed(given: JsonObject): void {
  const names = poolsOf(given).map(({ name }) => name ?? null);
  if (new Set(names).size < names.length) {
    throw invalid('Pool names must be unique when creating a fully populated loadbalancer.');
  }
  for (const { name } of referredTo(given)) {
    if (typeof name !== 'string' || name === '') {
      throw invalid('Pools must be named when creating a fully populated loadbalancer.');
    }
    if (names.includes(name)) continue;
    throw invalid(`Pool '${name}' was referenced but no full definition was found.`);
  }
}

const referredTo = ({ listeners }: JsonObject): readonly JsonObject[] =>
  objects(listeners).flatMap(({ default_pool: pool, l7policies: policies }) =>
    [pool, ...objects(policies).map(({ redirect_pool: redirect }) => redirect)].filter(isObject),
  );

/** Pools may also be described where they are referred to. */
const poolsOf = (given: JsonObject): readonly JsonObject[] => [
  ...objects(given.pools),
  ...referredTo(given).filter((pool) => Object.keys(pool).length > 1),
];

function populate(call: Call, { id, project_id: projectId }: Row, given: JsonObject): void {
  const place = { owner: id, parent: id, projectId };
  const inBody = 'load_balancer.loadbalancer';
  const made = new Map(
    poolsOf(given).map((pool) => {
      const row = makePool(call, place, pool, `${inBody}.pools`);
      return [String(row.name), row.id] as const;
    }),
  );
  const idOf = (pool: unknown): string | undefined =>
    typeof pool === 'object' && pool !== null && 'name' in pool ? made.get(String(pool.name)) : undefined;
  for (const listener of objects(given.listeners)) {
    const pool = idOf(listener.default_pool);
    const asked = { ...listener, ...(pool === undefined ? {} : { default_pool_id: pool }) };
    const row = makeListener(call, place, asked, `${inBody}.listeners`);
    for (const policy of objects(listener.l7policies)) {
      const target = idOf(policy.redirect_pool);
      const wanted = { ...policy, ...(target === undefined ? {} : { redirect_pool_id: target }) };
      makePolicy(call, { ...place, parent: row.id }, wanted, `${inBody}.listeners.l7policies`);
    }
  }
}
