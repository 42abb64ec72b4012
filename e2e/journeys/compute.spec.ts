import { createHash } from 'node:crypto';
import { decodeEvent, everyEvent, type MappingRow } from '@osm/contracts';
import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { readServerDisk, readVolume } from '@osm/testing/fake-openstack';
import { draft, migrate, run, scan, startTopology, type Topology, type Wanted } from '@osm/testing/harness';
import { inner, listed } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, givenServers, hashOfDisk, microversion, showServer, until, type GivenServers } from './given-servers.ts';

const types = [
  ...['domain', 'project', 'role', 'user', 'image', 'network', 'subnet', 'security-group', 'port', 'floating-ip'],
  ...['flavor', 'keypair', 'server-group', 'volume-type', 'volume', 'instance'],
];

/** What a server shows that is its own, and not the cloud's. */
const own = [
  ...['name', 'description', 'metadata', 'tags', 'config_drive', 'key_name', 'accessIPv4', 'accessIPv6', 'flavor'],
  ...[
    'OS-DCF:diskConfig',
    'OS-EXT-SRV-ATTR:hostname',
    'OS-EXT-SRV-ATTR:user_data',
    'locked',
    'locked_reason',
    'status',
  ],
];

const picked = (server: JsonObject | undefined): JsonObject =>
  Object.fromEntries(own.map((name) => [name, server?.[name] ?? null]));

describe('instances that move', () => {
  let given: GivenServers;
  let topology: Topology;
  let wanted: Wanted;

  beforeAll(async () => {
    given = await givenServers();
    const { clouds, full, fromVolume } = given;
    topology = await startTopology('embedded', {
      ...{ cloudsYaml: clouds.cloudsYaml, route: clouds.route, dataDirectory: path.join(clouds.folder, 'data') },
      policy: {},
    });
    const roots = [full, fromVolume].map((id) => ({ type: 'instance', id }));
    wanted = { route: clouds.route, roots, include: { needs: true, members: false }, types };
  });
  afterAll(async () => {
    await topology?.close();
    await given?.end();
  });

  const mappings = async (): Promise<readonly MappingRow[]> =>
    topology.asker.ask('registry.mappings', { route: given.clouds.route, atLeast: await topology.log.head() });
  const twinOf = async (id: string): Promise<string> => {
    const row = (await mappings()).find(({ source_id }) => source_id === id);
    if (row?.destination_id == null) throw new Error(`${id} has no twin`);
    return row.destination_id;
  };
  const there = (): Cloud => given.clouds.destination.admin;
  const here = (): Cloud => given.clouds.source.admin;

  it('are refused while they are planned where their state cannot be moved, with what to do', async () => {
    await act(here(), given.fromVolume, { pause: null });
    await until(async () => (await showServer(here(), given.fromVolume))?.['status'] === 'PAUSED');
    await scan(topology, given.clouds.route.source, types);
    const drafted = await draft(topology, wanted);
    const found = drafted.findings.find(({ ref }) => ref?.id === given.fromVolume);
    expect(found).toMatchObject({ severity: 'error', message: expect.stringContaining('PAUSED') });
    expect(drafted.digest).toBeUndefined();
    await act(here(), given.fromVolume, { unpause: null });
    await until(async () => (await showServer(here(), given.fromVolume))?.['status'] === 'ACTIVE');
  });

  it('arrive as they were, equal in raw JSON', async () => {
    const outcome = await migrate(topology, wanted);
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });
    for (const id of [given.full, given.fromVolume]) {
      expect(picked(await showServer(there(), await twinOf(id)))).toEqual(picked(await showServer(here(), id)));
    }
  });

  it('have their cards in order, their volumes and their group', async () => {
    const twin = await twinOf(given.full);
    const shown = await showServer(there(), twin);
    const addresses = isJsonObject(shown?.['addresses']) ? shown['addresses'] : {};
    expect(Object.keys(addresses)).toEqual([`${given.prefix}zebra`, `${given.prefix}apple`]);
    const interfaces = await showServer(there(), twin, '/os-interface');
    const ports = listOf(interfaces?.['interfaceAttachments']).map(({ port_id }) => port_id);
    const expected = await Promise.all(given.cards.map(twinOf));
    expect(ports.toSorted()).toEqual(expected.toSorted());

    const attached = listOf((await showServer(there(), twin, '/os-volume_attachments'))?.['volumeAttachments']);
    expect(attached).toMatchObject([
      { volumeId: await twinOf(given.dataVolume), tag: 'data', delete_on_termination: false },
      { volumeId: await twinOf(given.logVolume), tag: null, delete_on_termination: false },
    ]);
    expect(shown?.['server_groups']).toEqual([await twinOf(given.groupId)]);
    const group = await there().send('compute', {
      ...{ method: 'GET', path: `/os-server-groups/${await twinOf(given.groupId)}`, microversion },
    });
    expect(inner(group.body, 'server_group')).toMatchObject({
      ...{ policy: 'anti-affinity', rules: { max_server_per_host: 2 }, members: [twin] },
    });
    const project = await twinOf(given.projectId);
    expect(shown?.['tenant_id']).toBe(project);
    expect(inner(group.body, 'server_group')['project_id']).toBe(project);
  });

  it('have the moments of all their disks taken before one of them is copied, and say how consistent that is', async () => {
    const { source, destination } = given.clouds;
    const disks = [`instance/${given.full}`, `volume/${given.dataVolume}`, `volume/${given.logVolume}`];
    const [taken, begun]: [number[], number[]] = [[], []];
    const told = new Map<string, JsonObject>();
    for await (const recorded of topology.log.read({ filter: everyEvent })) {
      const event = decodeEvent(recorded);
      if (event.type === 'StepSucceeded') told.set(event.data.stepId, event.data.outputs);
      const isAbout = (step: string): boolean =>
        'stepId' in event.data &&
        disks.some((disk) => 'stepId' in event.data && event.data.stepId === `${disk}/${step}`);
      if (event.type === 'StepSucceeded' && isAbout('snapshot')) taken.push(recorded.position);
      if (event.type === 'StepStarted' && isAbout('export')) begun.push(recorded.position);
    }
    expect(taken).toHaveLength(3);
    expect(begun).toHaveLength(3);
    expect(Math.max(...taken)).toBeLessThan(Math.min(...begun));

    const ofServer = (id: string) => told.get(`instance/${id}/snapshot`);
    expect(ofServer(given.full)).toMatchObject({ disks: 3, consistency: 'stopped' });
    expect(told.get(`volume/${given.logVolume}/export`)).toMatchObject({ consistency: 'stopped' });
    expect(ofServer(given.fromVolume)).toMatchObject({ disks: 1, consistency: 'crash-consistent' });
    expect(ofServer(given.fromVolume)?.['told']).toMatch(/^crash-consistent per disk: 1 disk taken within [\d.]+ s$/);
    expect(told.get(`volume/${given.rootVolume}/snapshot`)).toMatchObject({ consistency: 'crash-consistent' });
    if (source.fake === undefined || destination.fake === undefined) return;
    for (const id of [given.dataVolume, given.logVolume, given.rootVolume])
      expect(readVolume(destination.fake, await twinOf(id)).equals(readVolume(source.fake, id))).toBe(true);
  });

  it('defect 9: boot from an image with volumes beside it, with every byte of the changed root disk', async () => {
    const twin = await twinOf(given.full);
    const { source, destination } = given.clouds;
    if (source.fake !== undefined && destination.fake !== undefined) {
      const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      expect(hash(readServerDisk(destination.fake, twin))).toBe(hash(readServerDisk(source.fake, given.full)));
      return;
    }
    const image = await keptImage(there(), twin);
    expect(image['os_hash_value']).toBe(await hashOfDisk(here(), given.full, `${given.prefix}again`));
  });

  it('defect N5: a stopped one arrives stopped and tagged, with an image that exists to be rebuilt from', async () => {
    const twin = await twinOf(given.full);
    const image = await keptImage(there(), twin);
    expect(image).toMatchObject({
      ...{ name: `${given.prefix}full: root disk`, status: 'active', visibility: 'private', os_hidden: true },
      ...{ owner: await twinOf(given.projectId), hw_disk_bus: 'virtio', hw_firmware_type: 'uefi' },
    });
    expect(await showServer(there(), twin)).toMatchObject({ status: 'SHUTOFF', tags: ['prod', 'tier 1'] });
  });

  it('boot from the volume that they booted from, which goes with them', async () => {
    const twin = await twinOf(given.fromVolume);
    const shown = await showServer(there(), twin);
    expect(shown).toMatchObject({ image: '', status: 'ACTIVE' });
    expect(shown?.['os-extended-volumes:volumes_attached']).toEqual([
      { id: await twinOf(given.rootVolume), delete_on_termination: true },
    ]);
  });

  it('are told about attribute by attribute', async () => {
    const query = { route: given.clouds.route, atLeast: await topology.log.head() };
    const rows = await topology.asker.ask('registry.fidelity', query);
    const ours = rows.filter(({ source_id }) => [given.full, given.fromVolume, given.groupId].includes(source_id));
    expect(ours.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
    const lost = ours.filter(({ verdict }) => verdict === 'lost').map(({ attribute }) => attribute);
    expect([...new Set(lost)].filter((name) => name !== 'OS-EXT-AZ:availability_zone')).toEqual([]);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('#cloud-config').toString('base64').slice(0, 12));
  });

  it('leave no snapshot, no lent key and no role behind', async () => {
    for (const cloud of [here(), there()]) {
      for (const os_hidden of ['false', 'true']) {
        const images = await listed(cloud, 'image', { path: '/images', key: 'images', query: { os_hidden } });
        const temporary = images.filter(({ name }) => /^osm-[0-9a-f]{23}/.test(String(name)));
        if (given.clouds.kind === 'fake') expect(temporary).toEqual([]);
      }
    }
    const keys: string[] = [];
    for await (const item of there().list('compute', '/os-keypairs', { key: 'keypairs', microversion: '2.92' })) {
      keys.push(String(inner(item, 'keypair')['name']));
    }
    expect(keys.filter((name) => name === given.keyName || name.includes('-lends-'))).toEqual([]);
    const { userId } = await there().whoAmI();
    const query = { 'scope.project.id': await twinOf(given.projectId), 'user.id': userId };
    const roles = { path: '/role_assignments', key: 'role_assignments', query };
    expect(await listed(there(), 'identity', roles)).toEqual([]);
  });

  it('are written to by no second run', async () => {
    const ends = [given.clouds.source, given.clouds.destination];
    const after = ends.map(({ fake }) => fake?.ledger.next() ?? 0);
    expect(await migrate(topology, wanted)).toMatchObject({ steps: 0, failed: 0 });
    expect(ends.flatMap(({ fake }, at) => fake?.ledger.writes(after[at]) ?? [])).toEqual([]);
  });

  it('defect 12: are removed with their ports and volumes, one after the other', async () => {
    const volumes = [given.dataVolume, given.logVolume, given.rootVolume].map((id) => ({ type: 'volume', id }));
    const ports = given.cards.map((id) => ({ type: 'port', id }));
    const roots = [...volumes, ...ports, ...wanted.roots];
    const outcome = await run(topology, await draft(topology, { ...wanted, roots, intent: 'remove' }));
    expect(outcome.failures).toEqual([]);
    for (const id of [given.full, given.fromVolume]) expect(await showServer(here(), id)).toBeUndefined();
    for (const id of [given.dataVolume, given.logVolume, given.rootVolume]) {
      const request = { method: 'GET', path: `/volumes/${id}`, accept: [404] } as const;
      expect((await here().send('block-storage', request)).status).toBe(404);
    }
    for (const id of given.cards) {
      const request = { method: 'GET', path: `/ports/${id}`, accept: [404] } as const;
      expect((await here().send('network', request)).status).toBe(404);
    }
  });
});

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

/** The image that a server refers to, as Glance shows it. */
const keptImage = async (cloud: Cloud, serverId: string): Promise<JsonObject> => {
  const image = (await showServer(cloud, serverId))?.['image'];
  const id = isJsonObject(image) ? String(image['id']) : 'none';
  const { body } = await cloud.send('image', { method: 'GET', path: `/images/${id}` });
  return isJsonObject(body) ? body : {};
};
