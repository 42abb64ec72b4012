/** What every fake service stands on: the ledger, faults, pages, ids, and closing. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import type { FakeCloudOptions } from './frame.ts';
import { networks } from './neutron-rows.ts';
import type { FakeCloud } from './start-fake-cloud.ts';
import { startFakeCloud } from './start-fake-cloud.ts';

describe('a fake cloud', () => {
  const running: FakeCloud[] = [];

  afterEach(async () => {
    for (const cloud of running.splice(0)) await cloud.close();
  });

  async function start(options: Partial<FakeCloudOptions> = {}): Promise<FakeCloud> {
    const cloud = await startFakeCloud({
      name: 'tested',
      region: 'RegionOne',
      release: 'epoxy',
      networkType: 'geneve',
      volumeTypes: ['fast'],
      adminPassword: 'secret',
      ...options,
    });
    running.push(cloud);
    return cloud;
  }

  async function tokenOf(cloud: FakeCloud): Promise<string> {
    const user = { name: 'admin', domain: { id: 'default' }, password: cloud.options.adminPassword };
    const scope = { project: { name: 'admin', domain: { id: 'default' } } };
    const auth = { identity: { methods: ['password'], password: { user } }, scope };
    const response = await fetch(`${cloud.authUrl}/auth/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ auth }),
    });
    return response.headers.get('x-subject-token') ?? '';
  }

  async function createNetwork(cloud: FakeCloud, token: string, name: string): Promise<Response> {
    return await fetch(`${cloud.url}/network/v2.0/networks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Auth-Token': token, 'User-Agent': 'the test' },
      body: JSON.stringify({ network: { name } }),
    });
  }

  const namesIn = (cloud: FakeCloud): string[] => [...networks(cloud).values()].map((row) => row.name).sort();

  it('writes down every request, and tells writes from reads', async () => {
    const cloud = await start();
    const token = await tokenOf(cloud);
    await fetch(`${cloud.url}/network/v2.0/networks?name=x`, { headers: { 'X-Auth-Token': token } });
    await createNetwork(cloud, token, 'made');
    const entries = cloud.ledger.entries();
    expect(entries.map(({ n, method, service, status }) => [n, method, service, status])).toEqual([
      [1, 'POST', 'identity', 201],
      [2, 'GET', 'network', 200],
      [3, 'POST', 'network', 201],
    ]);
    expect(entries[1]).toMatchObject({ path: '/network/v2.0/networks', query: 'name=x' });
    expect(cloud.ledger.writes()).toMatchObject([{ n: 3, userAgent: 'the test', projectId: expect.any(String) }]);
    expect(cloud.ledger.writes(3)).toEqual([]);
  });

  describe('with faults', () => {
    const onCreate = { service: 'network', method: 'POST', path: '/networks$', times: 1 } as const;

    it('answers what the fault says, as often as it says', async () => {
      const cloud = await start();
      const token = await tokenOf(cloud);
      cloud.faults.add({ ...onCreate, action: { status: 503, body: { busy: true }, headers: { 'Retry-After': '1' } } });
      const refused = await createNetwork(cloud, token, 'first');
      expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
        503,
        '1',
        { busy: true },
      ]);
      expect((await createNetwork(cloud, token, 'second')).status).toBe(201);
      expect(namesIn(cloud)).toEqual(['public', 'second']);
    });

    it.each<[Fault['action'], string[]]>([
      ['reset', ['public']],
      ['commit-then-reset', ['lost', 'public']],
    ])('drops the connection: %s', async (action, names) => {
      const cloud = await start();
      const token = await tokenOf(cloud);
      cloud.faults.add({ ...onCreate, action });
      await expect(createNetwork(cloud, token, 'lost')).rejects.toThrow();
      expect(namesIn(cloud)).toEqual(names);
      expect(cloud.ledger.entries().at(-1)).toMatchObject({ method: 'POST', status: 0 });
    });

    it('waits', async () => {
      const cloud = await start();
      const token = await tokenOf(cloud);
      cloud.faults.add({ ...onCreate, action: { delayMs: 60 } });
      const before = performance.now();
      await createNetwork(cloud, token, 'late');
      expect(performance.now() - before).toBeGreaterThanOrEqual(55);
    });

    it('lets the test do something before and after, and break the connection', async () => {
      const cloud = await start();
      const token = await tokenOf(cloud);
      const seen: (readonly string[])[] = [];
      const see = (): void => void seen.push(namesIn(cloud));
      cloud.faults.add({ ...onCreate, times: 1, action: { before: see, after: see } });
      expect((await createNetwork(cloud, token, 'made')).status).toBe(201);
      expect(seen).toEqual([['public'], ['made', 'public']]);
      cloud.faults.add({ ...onCreate, action: { before: () => 'reset' } });
      await expect(createNetwork(cloud, token, 'never')).rejects.toThrow();
      expect(namesIn(cloud)).toEqual(['made', 'public']);
    });

    it('lets the test do something in the middle of a body', async () => {
      const cloud = await start();
      const headers = { 'X-Auth-Token': await tokenOf(cloud), 'Content-Type': 'application/json' };
      const body = JSON.stringify({ name: 'big', disk_format: 'raw', container_format: 'bare' });
      const images = `${cloud.url}/image/v2/images`;
      const made: unknown = await (await fetch(images, { method: 'POST', headers, body })).json();
      const { id } = made as { readonly id: string };
      const seen: unknown[] = [];
      const look = async (): Promise<void> => {
        seen.push(await (await fetch(`${images}/${id}`, { headers })).json());
      };
      cloud.faults.add({ method: 'PUT', path: /\/file$/, action: { during: { byte: 1000, act: look } } });
      const bytes = { ...headers, 'Content-Type': 'application/octet-stream' };
      await fetch(`${images}/${id}/file`, { method: 'PUT', headers: bytes, body: Buffer.alloc(300_000) });
      await look();
      expect(seen).toMatchObject([{ status: 'saving' }, { status: 'active', size: 300_000 }]);
    });

    it('is told about them by other processes', async () => {
      const cloud = await start();
      const token = await tokenOf(cloud);
      const fault = JSON.stringify({ ...onCreate, action: { status: 500 } });
      await fetch(`${cloud.url}/__fake/faults`, { method: 'POST', body: fault });
      expect((await createNetwork(cloud, token, 'x')).status).toBe(500);
      const faults = await fetch(`${cloud.url}/__fake/faults`);
      expect(await faults.json()).toMatchObject({ faults: [{ id: 1, met: 1 }] });
      const ledger = await fetch(`${cloud.url}/__fake/ledger?writes=1`);
      expect(await ledger.json()).toMatchObject({ entries: [{ status: 500 }] });
      const state = await fetch(`${cloud.url}/__fake/state`);
      expect(await state.json()).toMatchObject({ 'network.networks': [{ name: 'public' }] });
    });
  });

  it('gives small pages when told to, whatever is asked', async () => {
    const cloud = await start({ maxPage: 2 });
    const token = await tokenOf(cloud);
    for (const name of ['a', 'b', 'c']) await createNetwork(cloud, token, name);
    const response = await fetch(`${cloud.url}/network/v2.0/networks`, { headers: { 'X-Auth-Token': token } });
    const page: unknown = await response.json();
    expect(page).toMatchObject({ networks: [{}, {}], networks_links: [{ rel: 'next' }, { rel: 'previous' }] });
  });

  it('makes the same ids from the same seed', async () => {
    const ids = async (): Promise<string[]> => [...networks(await start({ seed: 'one' })).keys()];
    expect(await ids()).toEqual(await ids());
  });

  it('ends tokens when their time is over', async () => {
    const cloud = await start({ tokenSeconds: 0 });
    expect((await createNetwork(cloud, await tokenOf(cloud), 'x')).status).toBe(401);
  });

  it('holds no token and shows no password', async () => {
    const cloud = await start({ adminPassword: 'never-shown' });
    const token = await tokenOf(cloud);
    const response = await fetch(`${cloud.url}/__fake/state`);
    const state = await response.text();
    expect(state).not.toContain(token);
    expect(state).not.toContain('never-shown');
  });

  it('answers nobody once closed', async () => {
    const cloud = await start();
    await cloud.close();
    await expect(fetch(cloud.authUrl)).rejects.toThrow();
  });
});
