import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { decodeEvent, everyEvent } from '@osm/contracts';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { readVolume } from '@osm/testing/fake-openstack';
import {
  followLog,
  migrate,
  openClouds,
  startTopology,
  type Clouds,
  type End,
  type Topology,
  type Wanted,
} from '@osm/testing/harness';
import { bytesOf, hashVolume, listed, make, makeVolume } from '@osm/testing/tenant';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removePeople } from './given-people.ts';
import { attach, detach, entryBytes, entryOf, guestDisk, guestsCanWrite, startWriter } from './given-writer.ts';

const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
const types = ['domain', 'project', 'role', 'user', 'image', 'volume-type', 'volume'];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const hashed = (end: End, id: string): Promise<string> | string =>
  end.fake === undefined ? hashVolume(end.admin, id) : sha256(readVolume(end.fake, id));

/** In a project of its own, where the administrator has a role for as long as it works there. */
const within = async <T>(admin: Cloud, projectId: string, work: (inside: Cloud) => Promise<T>): Promise<T> => {
  const { userId } = await admin.whoAmI();
  const [member] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: 'member' } });
  const role = `/projects/${projectId}/users/${userId}/roles/${String(member?.['id'])}`;
  await admin.send('identity', { method: 'PUT', path: role });
  try {
    return await work(admin.inProject(projectId));
  } finally {
    await admin.send('identity', { method: 'DELETE', path: role });
  }
};

const ours = async (cloud: Cloud, start: string): Promise<readonly string[]> => {
  const query = { all_tenants: '1' };
  const found: string[] = [];
  for (const kind of ['volumes', 'snapshots']) {
    const rows = await listed(cloud, 'block-storage', { path: `/${kind}/detail`, key: kind, query });
    found.push(...rows.filter(({ name }) => String(name).startsWith(start)).map(({ id }) => `/${kind}/${String(id)}`));
  }
  return found;
};

describe('the bytes of volumes, over a narrow link', () => {
  let clouds: Clouds;
  let topology: Topology;
  let idle: string;
  let busy: string;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    clouds = await openClouds();
    const { source, destination, route, cloudsYaml, folder, kind } = clouds;
    closing.push(async () => {
      for (const { admin } of kind === 'real' ? [source, destination] : []) {
        for (const place of await ours(admin, prefix)) {
          await admin.send('block-storage', { method: 'DELETE', path: place, accept: [404] });
        }
        await removePeople(admin, prefix);
      }
      await clouds.close();
    });
    const { id } = await make(source.admin, 'identity', '/projects', 'project', {
      name: `${prefix}shop`,
      domain_id: 'default',
    });
    [idle, busy] = await within(source.admin, id, async (inside) => [
      await makeVolume(inside, `${prefix}idle`, bytesOf(`${prefix}idle`, 300_000)),
      await makeVolume(inside, `${prefix}busy`, bytesOf(`${prefix}busy`, 300_000)),
    ]);
    const policy = { volume_disk_format: 'qcow2' } as const;
    topology = await startTopology('embedded', { cloudsYaml, route, dataDirectory: path.join(folder, 'data'), policy });
    closing.push(() => topology.close());
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  const wanted = (id: string): Wanted => ({
    route: clouds.route,
    roots: [{ type: 'volume', id }],
    include: { needs: true, members: false },
    types,
  });

  const outputs = async (stepId: string): Promise<JsonObject> => {
    let found: JsonObject = {};
    for await (const recorded of topology.log.read({ filter: everyEvent })) {
      const event = decodeEvent(recorded);
      if (event.type === 'StepSucceeded' && event.data.stepId === stepId) found = event.data.outputs;
    }
    return found;
  };

  const twinOf = async (id: string): Promise<string> => {
    const question = { route: clouds.route, atLeast: await topology.log.head() };
    const rows = await topology.asker.ask('registry.mappings', question);
    return rows.find(({ source_id }) => source_id === id)?.destination_id ?? 'none';
  };

  it('go as what was written of them, and arrive equal', async () => {
    expect(await migrate(topology, wanted(idle))).toMatchObject({ failed: 0, failures: [] });
    expect(await outputs(`volume/${idle}/export`)).toMatchObject({ format: 'qcow2', consistency: 'stopped' });
    const { bytes } = await outputs(`volume/${idle}/transfer`);
    expect(bytes).toBeLessThan(1_000_000);
    expect(await hashed(clouds.destination, await twinOf(idle))).toBe(await hashed(clouds.source, idle));
  });

  it.skipIf(!guestsCanWrite)(
    'are those of one moment where a guest writes all the time (a cloud into whose volumes a test can write)',
    async () => {
      const { source, destination } = clouds;
      const before = await hashed(source, busy);
      await attach(source.admin, busy, '0f5f1a8e-6d3c-4f0e-9b58-0c3f3a1d2b4c');
      const { write, size } = guestDisk(source, busy);
      // A snapshot of the lab is a file that is copied while it is written to: there the guest begins when it is taken.
      const taken = followLog(
        topology.log,
        ({ event }) => event.type === 'StepSucceeded' && event.data.stepId === `volume/${busy}/snapshot`,
        { after: await topology.log.head(), withinMs: 300_000, what: 'the snapshot' },
      );
      const begun = source.fake === undefined ? taken.then(() => startWriter(write, size)) : startWriter(write, size);
      const outcome = await migrate(topology, wanted(busy));
      const writer = await begun;
      await writer.stop();
      await detach(source.admin, busy);
      expect(outcome).toMatchObject({ failed: 0, failures: [] });

      const twin = await twinOf(busy);
      if (source.fake === undefined || destination.fake === undefined) {
        expect(await hashed(destination, twin)).toBe(before);
      } else {
        const arrived = readVolume(destination.fake, twin);
        const entry = arrived.readUInt32BE(0);
        expect(entry).toBeLessThan(writer.last());
        const then = readVolume(source.fake, busy);
        for (const at of [0, size - entryBytes]) entryOf(entry).copy(then, at);
        expect(sha256(arrived)).toBe(sha256(then));
      }
      expect(writer.last()).toBeGreaterThan(0);
      expect(await outputs(`volume/${busy}/snapshot`)).toMatchObject({ consistency: 'crash-consistent' });
      const exported = await outputs(`volume/${busy}/export`);
      expect(exported).toMatchObject({ format: 'qcow2', consistency: 'crash-consistent' });
      expect(exported['takenAt']).toMatch(/^\d{4}-\d\d-\d\dT/);
    },
  );

  it('leave nothing temporary behind', async () => {
    if (clouds.kind === 'real') {
      // Others may be at work there: only what these two volumes have made is looked for.
      const removed = await Promise.all([idle, busy].map((id) => outputs(`volume/${id}/tidy`)));
      const gone = removed.flatMap((each) => (Array.isArray(each['removed']) ? each['removed'] : []));
      for (const { admin } of [clouds.source, clouds.destination]) {
        const images = await listed(admin, 'image', { path: '/images', key: 'images' });
        expect(images.filter(({ id }) => gone.includes(id ?? null))).toEqual([]);
        expect((await ours(admin, 'osm-')).filter((place) => gone.some((id) => place.endsWith(String(id))))).toEqual(
          [],
        );
      }
      return;
    }
    for (const { admin } of [clouds.source, clouds.destination]) {
      const images = await listed(admin, 'image', { path: '/images', key: 'images' });
      expect(images.filter((image) => isJsonObject(image) && String(image['name']).startsWith('osm-'))).toEqual([]);
      expect(await ours(admin, 'osm-')).toEqual([]);
    }
  });
});
