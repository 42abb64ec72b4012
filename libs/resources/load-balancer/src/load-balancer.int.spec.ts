import { Failure, isFailure, traceOf, type JsonObject } from '@osm/kernel';
import { openCloud } from '@osm/openstack';
import {
  createOne,
  deleteOne,
  listAll,
  PolicySchema,
  readOne,
  until,
  type Cloud,
  type StepContext,
} from '@osm/resource';
import { startFakeCloud } from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBalancer } from './load-balancer.ts';
import { settleTwin } from './settle-twin.ts';
import { surveyDestination } from './survey-destination.ts';

const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } as const;
const listener = (protocol_port: number, more: JsonObject = {}): JsonObject => ({
  protocol: 'HTTP',
  protocol_port,
  ...more,
});

const policy = PolicySchema.parse({ multitenant_mode: false });
const clock = {
  now: () => new Date(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(milliseconds, 20))),
};
const patience = { clock, signal: new AbortController().signal, seconds: 20 };

describe('a load balancer', () => {
  let fake: Awaited<ReturnType<typeof startFakeCloud>>;
  let cloud: Cloud & { close(): void };
  let subnets: readonly string[];

  beforeEach(async () => {
    fake = await startFakeCloud({
      ...{ name: 'both', region: 'RegionTwo', release: 'epoxy', networkType: 'geneve' },
      ...{ volumeTypes: ['fast'], adminPassword: 'lab', asyncMs: 5 },
    });
    cloud = openCloud('both', {
      file: 'clouds.yaml',
      authUrl: fake.authUrl,
      credential: { type: 'password', user: { name: 'admin', domain: { id: 'default' } }, password: 'lab' },
      scope: { type: 'project', project: { name: 'admin', domain: { id: 'default' } } },
      region: 'RegionTwo',
      interface: 'public',
      tls: { verify: true, cacert: undefined, cert: undefined, key: undefined },
      endpointOverrides: {},
    });
    const network = await made('/networks', 'network', { name: 'n' });
    subnets = await Promise.all(
      ['10.1.0.0/24', '10.2.0.0/24'].map((cidr) =>
        made('/subnets', 'subnet', { network_id: network, ip_version: 4, cidr }),
      ),
    );
  });
  afterEach(async () => {
    cloud.close();
    await fake.close();
  });

  const made = async (path: string, one: string, body: JsonObject): Promise<string> => {
    const answer = await cloud.send('network', { method: 'POST', path, body: { [one]: body } });
    return String((answer.body as Record<string, JsonObject>)[one]?.['id']);
  };

  /** As it is when nothing of it changes any more: its parts are done, and stamped, a while after it is itself. */
  const still = (id: string): Promise<JsonObject> =>
    until(
      async () => {
        const shown = await readOne(cloud, loadBalancer, id);
        const changes = loadBalancer.ready(shown) === 'pending' || JSON.stringify(shown).includes('"updated_at":null');
        return changes ? undefined : shown;
      },
      patience,
      () => new Failure('not-ready', `${id} is still changing`, { remedy: 'Look at the fake.' }),
    );

  const make = async (body: JsonObject): Promise<JsonObject> => {
    const { id } = await createOne(cloud, loadBalancer, { vip_subnet_id: subnets[0] ?? null, ...body });
    return still(String(id));
  };

  /** Migrates an original into the same cloud, its address and its subnets into another subnet. */
  const migrate = async (original: JsonObject): Promise<{ readonly twin: JsonObject; readonly step: StepContext }> => {
    const twinOf = ({ type, id }: { readonly type: string; readonly id: string }): string =>
      type === 'subnet' ? String(subnets[1]) : id;
    const step = (destinationId: string | undefined): StepContext => ({
      route: { source: 'a', destination: 'b' },
      ref: { type: 'load-balancer', id: String(original['id']) },
      handler: loadBalancer,
      ...{ attributes: original, policy, marker: 'osm-0', outputs: {}, history: [], destinationId, twinOf },
      ...{ source: cloud, destination: cloud, clock, signal: patience.signal, ...unheard },
    });
    const survey = await surveyDestination.run(step(undefined));
    const context = { policy, outputs: { survey }, extensions: new Set<string>() };
    const { vip_address: _address, ...body } = loadBalancer.create(original, twinOf, context);
    const { id } = await createOne(cloud, loadBalancer, body);
    const own = step(String(id));
    await settleTwin.run(own);
    return { twin: await readOne(cloud, loadBalancer, String(id)), step: own };
  };

  it('defect 1: has its own listeners and pools, whoever else has some, read alone or in a scan', async () => {
    const own = await make({ name: 'own', pools: [{ ...pool, name: 'a' }], listeners: [listener(80), listener(81)] });
    const other = await make({ name: 'other', listeners: [listener(80)] });
    const bare = await make({ name: 'bare' });
    const scanned = await Array.fromAsync(listAll(cloud, loadBalancer, 'all-tenants'));
    for (const shown of [
      [own, other, bare],
      ['own', 'other', 'bare'].map((name) => scanned.find((one) => one['name'] === name)),
    ]) {
      expect(shown).toMatchObject([
        { listeners: [{ protocol_port: 80 }, { protocol_port: 81 }], pools: [{ name: 'a' }] },
        { listeners: [{ protocol_port: 80 }], pools: [] },
        { listeners: [], pools: [] },
      ]);
    }
    expect(scanned.find(({ name }) => name === 'own')).toEqual(own);
  });

  it('defect 27: keeps a pool shared by all its listeners, and gives each pool the name it had', async () => {
    const original = await make({
      name: 'shop',
      tags: ['prod'],
      pools: [
        {
          ...pool,
          name: 'shared',
          members: [{ address: '10.1.0.9', protocol_port: 80, subnet_id: subnets[0] ?? null }],
        },
        { ...pool, name: 'a' },
        { ...pool, name: 'b', healthmonitor: { type: 'HTTP', delay: 5, timeout: 3, max_retries: 1 } },
      ],
      listeners: [
        listener(80, {
          default_pool: { name: 'shared' },
          l7policies: [{ action: 'REDIRECT_TO_POOL', redirect_pool: { name: 'b' }, position: 1 }, { action: 'REJECT' }],
        }),
        listener(81, { default_pool: { name: 'shared' } }),
      ],
    });
    const [, second, third] = original['pools'] as readonly JsonObject[];
    for (const [one, name] of [
      [second, ''],
      [third, 'shared'],
    ] as const) {
      const request = { method: 'PUT', path: `/lbaas/pools/${String(one?.['id'])}`, body: { pool: { name } } } as const;
      await cloud.send('load-balancer', request);
      await still(String(original['id']));
    }
    const awkward = await readOne(cloud, loadBalancer, String(original['id']));

    const { twin, step } = await migrate(awkward);

    expect(twin['tags']).toEqual(['prod']);
    const expected = loadBalancer.expect(awkward, step.twinOf, { policy, outputs: {}, extensions: new Set() });
    expect(loadBalancer.same('pools', expected['pools'], twin['pools'])).toBe(true);
    expect(loadBalancer.same('listeners', expected['listeners'], twin['listeners'])).toBe(true);
    expect(loadBalancer.same('pools', awkward['pools'], twin['pools'])).toBe(false);
    const names = (twin['pools'] as readonly JsonObject[]).map(({ name }) => String(name)).toSorted();
    expect(names).toEqual(['', 'shared', 'shared']);
    const mark = fake.ledger.next();
    await settleTwin.run(step);
    expect(fake.ledger.writes(mark)).toEqual([]);
  });

  it('carries its trace until it has settled, and no trace of another', async () => {
    const original = await make({ name: 'one' });
    const lookup = loadBalancer.lookup(original, ({ id }) => id, 'osm-0', policy);
    if (lookup.kind !== 'traces') throw new TypeError('it is found by its trace');
    const body = {
      vip_subnet_id: subnets[1] ?? null,
      tags: [traceOf({ type: 'load-balancer', id: String(original['id']) })],
    };
    const interrupted = await make(body);
    expect(lookup.matches(interrupted)).toBe(true);
    expect(lookup.matches(original)).toBe(false);
    expect(
      lookup.matches(
        await make({ vip_subnet_id: subnets[1] ?? null, tags: [traceOf({ type: 'load-balancer', id: 'other' })] }),
      ),
    ).toBe(false);
  });

  it('defect 15: is not taken for finished while a part of it has failed, and goes with all its parts', async () => {
    const member = { address: '10.1.0.9', protocol_port: 80 };
    const { id: raw } = await make({ name: 'half', pools: [{ ...pool, name: 'a', members: [member] }] });
    const id = String(raw);
    const members = fake.state.get('load-balancer.members') as Map<string, JsonObject>;
    for (const [key, row] of members) members.set(key, { ...row, provisioning_status: 'ERROR' });

    const shown = await readOne(cloud, loadBalancer, id);
    expect(shown['provisioning_status']).toBe('ACTIVE');
    expect(loadBalancer.ready(shown)).toEqual({
      failed: expect.stringMatching(/^member 10\.1\.0\.9:80 .*is in ERROR$/),
    });

    await deleteOne(cloud, loadBalancer, id);
    await until(
      async () => ((await isGone(id)) ? true : undefined),
      patience,
      () => new Failure('not-removed', `${id} is still there`, { remedy: 'Look at the fake.' }),
    );
    expect(members.size).toBe(0);
    const ports = await cloud.send('network', { method: 'GET', path: '/ports', query: { device_owner: 'Octavia' } });
    expect(ports.body).toEqual({ ports: [] });
  });

  it('has another provider’s name only where the destination has none of its own', async () => {
    const original = await make({ name: 'one', provider: 'octavia' });
    const body = (...names: readonly string[]): JsonObject => {
      const outputs = { survey: { providers: [...names] } };
      return loadBalancer.create(original, ({ id }) => id, { policy, outputs, extensions: new Set() });
    };
    expect(body('octavia', 'ovn')['provider']).toBe('octavia');
    expect(body('amphora', 'ovn')['provider']).toBe('amphora');
    expect(body('ovn')).not.toHaveProperty('provider');
  });

  const isGone = async (id: string): Promise<boolean> => {
    try {
      await readOne(cloud, loadBalancer, id);
      return false;
    } catch (error) {
      if (isFailure(error) && error.code === 'not-found') return true;
      throw error;
    }
  };
});
