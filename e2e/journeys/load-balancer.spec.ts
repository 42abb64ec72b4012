import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import {
  draft,
  migrate,
  openClouds,
  scan,
  startTopology,
  type Clouds,
  type Topology,
  type Wanted,
} from '@osm/testing/harness';
import { listed } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lbaas, prefix, removeLoadBalancers, seedLoadBalancers, type Given } from './given-load-balancers.ts';

const types = [
  ...['domain', 'project', 'role', 'user', 'group', 'network', 'subnet', 'security-group'],
  ...['secret', 'secret-container', 'load-balancer'],
];

describe('a load balancer that moves', () => {
  const closing: (() => Promise<void>)[] = [];
  let clouds: Clouds;
  let topology: Topology;
  let given: Given;
  let wanted: Wanted;
  let untouched: JsonObject;

  beforeAll(async () => {
    clouds = await openClouds();
    closing.push(clouds.close);
    const { source, destination, cloudsYaml, route, folder } = clouds;
    closing.push(() => removeLoadBalancers(source.admin));
    given = await seedLoadBalancers(clouds);
    closing.push(() => removeLoadBalancers(destination.admin));
    untouched = await pictureOf(source.admin, given.othersId);
    topology = await startTopology('embedded', {
      cloudsYaml,
      route,
      dataDirectory: path.join(folder, 'data'),
      policy: {},
    });
    closing.push(topology.close);
    const roots = [{ type: 'load-balancer', id: given.shopId }];
    wanted = { route, roots, include: { needs: true, members: false }, types };
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('is refused up front while the subnet of a member has no twin', async () => {
    await scan(topology, clouds.route.source, types);
    const { findings, digest } = await draft(topology, { ...wanted, include: { needs: false, members: false } });
    expect(digest).toBeUndefined();
    const missing = findings.filter(({ code }) => code === 'missing-need').map(({ ref }) => ref);
    expect(missing).toContainEqual({ type: 'subnet', id: given.mine.back });
    expect(missing).toContainEqual({ type: 'network', id: given.mine.network });
    expect(missing).toContainEqual({ type: 'secret-container', id: expect.any(String) });
  });

  it('arrives whole: defect 1 with its own listeners only, defect 27 with its shared pool', async () => {
    const outcome = await migrate(topology, wanted);

    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });
    const [twin, ...others] = await balancersOf(clouds.destination.admin);
    expect(others).toEqual([]);
    const original = await pictureOf(clouds.source.admin, given.shopId);
    expect(await pictureOf(clouds.destination.admin, String(twin?.['id']))).toEqual(original);
    expect(original['listeners']).toHaveLength(4);
    expect(original['pools']).toHaveLength(5);
  });

  it('is told about attribute by attribute, and loses nothing', async () => {
    const { route } = clouds;
    const rows = await topology.asker.ask('registry.fidelity', { route, atLeast: await topology.log.head() });
    const own = rows.filter(({ resource_type }) => resource_type === 'load-balancer');
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ verdict }) => verdict === 'lost' || verdict === 'unknown')).toEqual([]);
  });

  it('leaves no role behind that was borrowed for it', async () => {
    for (const { admin } of [clouds.source, clouds.destination]) expect(await grantsLeft(admin)).toEqual([]);
  });

  it('is written to by no second run', async () => {
    const ends = [clouds.source, clouds.destination];
    const pictures = () => Promise.all(ends.map(({ admin }) => balancersOf(admin)));
    const before = await pictures();
    const marks = ends.map(({ fake }) => fake?.ledger.next() ?? 0);

    const second = await migrate(topology, wanted);

    expect(second).toMatchObject({ steps: 0, failed: 0 });
    // To look at secrets a role is borrowed at the source, and given back.
    const writes = ends.flatMap(({ fake }, at) => fake?.ledger.writes(marks[at]) ?? []);
    expect(writes.filter(({ service }) => service !== 'identity')).toEqual([]);
    expect(await pictures()).toEqual(before);
  });

  it('leaves the source with all its parts when its original is removed, and others untouched', async () => {
    const removal = await migrate(topology, { ...wanted, include: { needs: false, members: false }, intent: 'remove' });

    expect(removal.failures).toEqual([]);
    const left = await balancersOf(clouds.source.admin);
    expect(left.map(({ id }) => id)).toEqual([given.othersId]);
    expect(await lbaas(clouds.source.admin, '/pools', 'pools', { project_id: given.mine.projectId })).toEqual([]);
    expect(await pictureOf(clouds.source.admin, given.othersId)).toEqual(untouched);
  });
});

const balancersOf = async (admin: Cloud): Promise<readonly JsonObject[]> =>
  (await lbaas(admin, '/loadbalancers', 'loadbalancers')).filter(({ name }) => String(name).startsWith(prefix));

const ownMaking = [
  ...['id', 'project_id', 'tenant_id', 'created_at', 'updated_at', 'provisioning_status', 'operating_status'],
  ...['loadbalancers', 'vip_port_id', 'vip_network_id', 'vip_subnet_id', 'default_pool_id', 'redirect_pool_id'],
  ...['listener_id', 'healthmonitor_id', 'pools', 'listeners', 'l7policies', 'rules', 'members', 'subnet_id'],
  // Epoxy shows these where nothing was set.
  ...['vip_sg_ids', 'vip_vnic_type', 'vnic_type', 'hsts_max_age', 'hsts_include_subdomains', 'hsts_preload'],
  'default_tls_container_ref',
];

const plain = (part: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(part).filter(([name]) => !ownMaking.includes(name)));

const inOrder = (parts: readonly JsonObject[]): JsonObject[] =>
  parts.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** A load balancer as raw JSON, with words that mean the same on both clouds in the place of ids. */
const pictureOf = async (admin: Cloud, id: string): Promise<JsonObject> => {
  const own = { loadbalancer_id: id };
  const { body } = await admin.send('load-balancer', { method: 'GET', path: `/lbaas/loadbalancers/${id}` });
  const shown = isJsonObject(body) && isJsonObject(body['loadbalancer']) ? body['loadbalancer'] : {};
  const subnets = await listed(admin, 'network', { path: '/subnets', key: 'subnets' });
  const cidrOf = (subnet: unknown) => subnets.find((each) => each['id'] === subnet)?.['cidr'] ?? null;
  const pools = await Promise.all(
    (await lbaas(admin, '/pools', 'pools', own)).map(async (pool) => {
      const members = await lbaas(admin, `/pools/${String(pool['id'])}/members`, 'members');
      const monitors = await lbaas(admin, '/healthmonitors', 'healthmonitors', { pool_id: String(pool['id']) });
      const told = {
        ...plain(pool),
        members: inOrder(members.map((member) => ({ ...plain(member), subnet: cidrOf(member['subnet_id']) }))),
        monitors: monitors.map(plain),
      };
      return { id: pool['id'], told };
    }),
  );
  const poolOf = (poolId: unknown): JsonObject | null => pools.find((pool) => pool.id === poolId)?.told ?? null;
  const listeners = await Promise.all(
    (await lbaas(admin, '/listeners', 'listeners', own)).map(async (listener) => {
      const query = { listener_id: String(listener['id']) };
      const policies = await lbaas(admin, '/l7policies', 'l7policies', query);
      const told = policies.map(async (one) => ({
        ...plain(one),
        pool: poolOf(one['redirect_pool_id']),
        rules: inOrder((await lbaas(admin, `/l7policies/${String(one['id'])}/rules`, 'rules')).map(plain)),
      }));
      return {
        ...plain(listener),
        pool: poolOf(listener['default_pool_id']),
        hasCertificate: typeof listener['default_tls_container_ref'] === 'string',
        policies: (await Promise.all(told)).toSorted((a, b) => positionOf(a) - positionOf(b)),
      };
    }),
  );
  return {
    ...plain(shown),
    subnet: cidrOf(shown['vip_subnet_id']),
    pools: inOrder(pools.map(({ told }) => told)),
    listeners: inOrder(listeners),
  };
};

const positionOf = (policy: JsonObject): number => Number(policy['position']);

const grantsLeft = async (admin: Cloud): Promise<readonly unknown[]> => {
  const { userId } = await admin.whoAmI();
  const projects = (await listed(admin, 'identity', { path: '/projects', key: 'projects' }))
    .filter(({ name }) => String(name).startsWith(prefix))
    .map(({ id }) => String(id));
  const query = { 'user.id': userId };
  const granted = await listed(admin, 'identity', { path: '/role_assignments', key: 'role_assignments', query });
  return granted.filter((one) => projects.some((id) => JSON.stringify(one).includes(id)));
};
