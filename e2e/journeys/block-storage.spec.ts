import { isJsonObject, marker, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { readVolume } from '@osm/testing/fake-openstack';
import {
  draft,
  migrate,
  openClouds,
  scan,
  startTopology,
  type Clouds,
  type End,
  type Topology,
  type Wanted,
} from '@osm/testing/harness';
import { actOnVolume, bytesOf, hashVolume, listed, make, makeVolume, until } from '@osm/testing/tenant';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removePeople } from './given-people.ts';

const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
const types = ['domain', 'project', 'role', 'user', 'image', 'volume-type', 'volume'];
const policy = { preserve_volume_type: true, preserve_volume_availability_zone: true } as const;

const typesOf = async (cloud: Cloud): Promise<readonly JsonObject[]> => {
  const listing = { path: '/types', key: 'volume_types', query: { is_public: 'None' } };
  return (await listed(cloud, 'block-storage', listing)).filter(({ name }) => String(name).startsWith(prefix));
};

const volumesOf = async (cloud: Cloud): Promise<readonly JsonObject[]> => {
  const listing = { path: '/volumes/detail', key: 'volumes', query: { all_tenants: '1' }, microversion: 'newest' };
  return (await listed(cloud, 'block-storage', listing)).filter(({ name }) => String(name).startsWith(prefix));
};

const makeType = (cloud: Cloud, name: string, body: JsonObject = {}) =>
  make(cloud, 'block-storage', '/types', 'volume_type', { name: `${prefix}${name}`, ...body });

const act = (cloud: Cloud, path: string, body: JsonObject) =>
  cloud.send('block-storage', { method: 'POST', path, body });

/** What each cloud makes itself, and the administrator who has made a twin. */
const own = new Set(
  [
    'id',
    'created_at',
    'updated_at',
    'links',
    'user_id',
    'service_uuid',
    'os-vol-host-attr:host',
    'qos_specs_id',
  ].concat(['snapshot_id', 'volume_type_id']),
);

const shown = (item: JsonObject, names: ReadonlyMap<string, string>): JsonObject =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([key]) => !own.has(key))
      .map(([key, value]) => [key, typeof value === 'string' ? (names.get(value) ?? value) : value]),
  );

const hashed = (end: End, id: string): Promise<string> | string =>
  end.fake === undefined
    ? hashVolume(end.admin, id)
    : createHash('sha256').update(readVolume(end.fake, id)).digest('hex');

const byName = (a: JsonObject, b: JsonObject): number => (String(a['name']) < String(b['name']) ? -1 : 1);

/** Types with who may use them, and volumes with the hashes of their data. */
const pictureOf = async (end: End): Promise<{ readonly types: JsonObject[]; readonly volumes: JsonObject[] }> => {
  const { admin } = end;
  const projects = await listed(admin, 'identity', { path: '/projects', key: 'projects' });
  const names = new Map(projects.map(({ id, name }) => [String(id), String(name)]));
  const kinds: JsonObject[] = [];
  for (const type of await typesOf(admin)) {
    const where = `/types/${String(type['id'])}/os-volume-type-access`;
    const access =
      type['is_public'] === true
        ? []
        : await listed(admin, 'block-storage', { path: where, key: 'volume_type_access' });
    kinds.push({
      ...shown(type, names),
      access: access.map(({ project_id: id }) => names.get(String(id)) ?? '').sort(),
    });
  }
  const volumes: JsonObject[] = [];
  for (const volume of await volumesOf(admin)) {
    // Nobody has written to the shared one.
    const isEmpty = volume['multiattach'] === true;
    const data = isEmpty ? null : await hashed(end, String(volume['id']));
    volumes.push({ ...shown(volume, names), data });
  }
  return { types: kinds.sort(byName), volumes: volumes.sort(byName) };
};

const removeAll = async (cloud: Cloud): Promise<void> => {
  const gone = (where: string) => cloud.send('block-storage', { method: 'DELETE', path: where, accept: [404] });
  for (const { id } of await volumesOf(cloud)) await gone(`/volumes/${String(id)}`);
  const deadline = Date.now() + 60_000;
  while ((await volumesOf(cloud)).length > 0 && Date.now() < deadline) await pause(500);
  for (const { id } of await typesOf(cloud)) await gone(`/types/${String(id)}`);
  for (const { id, name } of await listed(cloud, 'block-storage', { path: '/qos-specs', key: 'qos_specs' })) {
    if (String(name).startsWith(prefix)) await gone(`/qos-specs/${String(id)}`);
  }
  await removePeople(cloud, prefix);
};

/** The migrating user needs a role where it makes a volume; it is taken back before anything moves. */
const within = async <T>(admin: Cloud, projectId: string, work: (inside: Cloud) => Promise<T>): Promise<T> => {
  const { userId } = await admin.whoAmI();
  const roles = await listed(admin, 'identity', { path: '/roles', key: 'roles' });
  // An encrypting type makes a key with the token of who asks, for which Barbican wants a role of its own.
  const wanted = roles.filter(({ name }) => name === 'member' || name === 'creator');
  const places = wanted.map(({ id }) => `/projects/${projectId}/users/${userId}/roles/${String(id)}`);
  for (const place of places) await admin.send('identity', { method: 'PUT', path: place });
  try {
    return await work(admin.inProject(projectId));
  } finally {
    for (const place of places) await admin.send('identity', { method: 'DELETE', path: place });
  }
};

const seed = async (admin: Cloud) => {
  const domain = await make(admin, 'identity', '/domains', 'domain', { name: `${prefix}acme` });
  const project = (name: string) =>
    make(admin, 'identity', '/projects', 'project', { name: `${prefix}${name}`, domain_id: domain.id });
  const [web, data] = [await project('web'), await project('data')];
  const mine = await makeType(admin, 'mine', {
    description: '',
    'os-volume-type-access:is_public': false,
    extra_specs: { 'acme:level': '3', 'acme:empty': '' },
  });
  for (const each of [web, data]) {
    await act(admin, `/types/${mine.id}/action`, { addProjectAccess: { project: each.id } });
  }
  const body = { name: `${prefix}slow`, consumer: 'front-end', total_iops_sec: '500' };
  const qos = await make(admin, 'block-storage', '/qos-specs', 'qos_specs', body);
  const query = { vol_type_id: mine.id };
  await admin.send('block-storage', { method: 'GET', path: `/qos-specs/${qos.id}/associate`, query });
  await makeType(admin, 'shared', { extra_specs: { multiattach: '<is> True' } });
  const secret = await makeType(admin, 'secret');
  const encryption = { provider: 'luks', cipher: 'aes-xts-plain64', key_size: 256, control_location: 'front-end' };
  await act(admin, `/types/${secret.id}/encryption`, { encryption });
  const conflict = await makeType(admin, 'gold', { extra_specs: { 'acme:level': '1' } });

  await within(admin, web.id, async (inside) => {
    const bytes = (name: string) => bytesOf(`${prefix}${name}`, 1_048_576);
    const root = await makeVolume(inside, `${prefix}root`, bytes('root'), { volume_type: `${prefix}mine` });
    const metadata = { hw_firmware_type: 'uefi', hw_machine_type: 'q35' };
    await actOnVolume(inside, root, { 'os-set_image_metadata': { metadata } });
    const plain = await makeVolume(inside, `${prefix}data`, bytes('data'), {
      description: 'ä "b"',
      metadata: { app: 'shop', empty: '' },
    });
    // No data volume is bootable; what it was made from does not count.
    await actOnVolume(inside, plain, { 'os-set_bootable': { bootable: false } });
    await actOnVolume(inside, plain, { 'os-update_readonly_flag': { readonly: true } });
    await makeVolume(inside, `${prefix}shared`, undefined, { volume_type: `${prefix}shared` });
  });
  return { web: web.id, conflict: conflict.id, secret: secret.id };
};

describe('the volumes of a project that moves', () => {
  const closing: (() => Promise<void>)[] = [];
  let clouds: Clouds;
  let topology: Topology;
  let seeded: Awaited<ReturnType<typeof seed>>;
  let defaultType: { readonly id: string; readonly twin: string };

  const wanted = (...roots: Wanted['roots']): Wanted => ({
    route: clouds.route,
    roots,
    include: { needs: true, members: true },
    types,
  });
  const project = () => wanted({ type: 'project', id: seeded.web });

  const typeByDefault = async (cloud: Cloud): Promise<string> => {
    const { body } = await cloud.send('block-storage', { method: 'GET', path: '/types/default' });
    const type = isJsonObject(body) ? body['volume_type'] : undefined;
    return String(isJsonObject(type) ? type['id'] : undefined);
  };

  beforeAll(async () => {
    clouds = await openClouds();
    const { source, destination, route, cloudsYaml, folder, kind } = clouds;
    closing.push(async () => {
      for (const { admin } of kind === 'real' ? [source, destination] : []) await removeAll(admin);
      await clouds.close();
    });
    seeded = await seed(source.admin);
    defaultType = { id: await typeByDefault(source.admin), twin: await typeByDefault(destination.admin) };
    const dataDirectory = path.join(folder, 'data');
    topology = await startTopology('embedded', { cloudsYaml, route, dataDirectory, policy });
    closing.push(() => topology.close());
    const ref = { type: 'volume-type', id: defaultType.id };
    const reason = 'it is part of the cloud';
    await topology.asker.ask('migration.register', { route, ref, destinationId: defaultType.twin, by: 'e2e', reason });
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('defects 20, 26 and N4: arrive with data, flags, metadata, their private type, multi-attach through it', async () => {
    const outcome = await migrate(topology, project());
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });
    const [before, after] = [await pictureOf(clouds.source), await pictureOf(clouds.destination)];
    const moved = after.types.map(({ name }) => name);
    expect(moved).toEqual([`${prefix}mine`, `${prefix}shared`]);
    expect(after.types).toEqual(before.types.filter(({ name }) => moved.includes(name ?? null)));
    const pending = (volumes: readonly JsonObject[]) =>
      volumes.map(({ volume_type: type, volume_image_metadata: image, ...volume }) => ({
        ...volume,
        // The image that it was made from is gone, so its id names nothing any more.
        image: isJsonObject(image) ? { ...image, image_id: null } : null,
        type: String(type).startsWith(prefix) ? String(type) : 'by default',
      }));
    expect(pending(after.volumes)).toEqual(pending(before.volumes));
    expect(after.volumes.map(({ bootable, multiattach }) => `${String(bootable)} ${String(multiattach)}`)).toEqual([
      'false false',
      'true false',
      'false true',
    ]);
  });

  it('leave nothing temporary behind', async () => {
    const { route } = clouds;
    const ids = (await volumesOf(clouds.source.admin)).map(({ id }) => String(id));
    const marks = new Set(ids.flatMap((id) => ['export', 'transfer'].map((step) => marker(route, 'volume', id, step))));
    for (const { admin } of [clouds.source, clouds.destination]) {
      const query = { visibility: 'all' };
      const images = await listed(admin, 'image', { path: '/images', key: 'images', query });
      expect(images.filter(({ name }) => marks.has(String(name)))).toEqual([]);
      expect(JSON.stringify([await volumesOf(admin), await typesOf(admin)])).not.toContain('osm-');
    }
  });

  it('are told about attribute by attribute: limits of speed and creators stay, and nothing is lost unsaid', async () => {
    const { route } = clouds;
    const rows = await topology.asker.ask('registry.fidelity', { route, atLeast: await topology.log.head() });
    const lost = rows.filter(({ verdict }) => verdict === 'unknown' || verdict === 'lost');
    expect(new Set(lost.map(({ attribute }) => attribute))).toEqual(new Set(['qos_specs_id']));
    const unsaid = lost.filter(({ reason }) => reason?.includes('another value than it was given') === true);
    expect(unsaid).toEqual([]);
  });

  it('are written by no second run', async () => {
    expect(await migrate(topology, project())).toMatchObject({ steps: 0, failed: 0 });
  });

  it('defect 24: of a type whose name means something else there, wait for a person', async () => {
    await makeType(clouds.destination.admin, 'gold', { extra_specs: { 'acme:level': '9' } });
    const outcome = await migrate(topology, wanted({ type: 'volume-type', id: seeded.conflict }));
    expect(outcome).toMatchObject({ failed: 1 });
    expect(outcome.failures[0]?.code).toBe('twin-differs');
    expect(outcome.failures[0]?.message).toContain('extra_specs');
    expect(outcome.failures[0]?.remedy).toContain('register-external');
  });

  it('defects 22 and 24: of an encrypting type are refused, and the type unless somebody consents', async () => {
    const { source, route } = { source: clouds.source.admin, route: clouds.route };
    await scan(topology, route.source, types);
    const refused = await draft(topology, wanted({ type: 'volume-type', id: seeded.secret }));
    expect(refused.digest).toBeUndefined();
    expect(refused.findings.map(({ code }) => code)).toContain('encrypted-type');

    const consenting = { ...topology, policy: { ...topology.policy, accept_unencrypted: true } };
    const outcome = await migrate(consenting, wanted({ type: 'volume-type', id: seeded.secret }));
    expect(outcome).toMatchObject({ failed: 0 });
    const rows = await topology.asker.ask('registry.fidelity', { route, atLeast: await topology.log.head() });
    const told = rows.find(({ source_id, attribute }) => source_id === seeded.secret && attribute === 'encryption');
    expect(told).toMatchObject({ verdict: 'lost' });
    expect(told?.reason).toContain('accept_unencrypted');

    const id = await within(source, seeded.web, async (inside) => {
      const body = { name: `${prefix}secret`, size: 1, volume_type: `${prefix}secret` };
      const volume = await make(inside, 'block-storage', '/volumes', 'volume', body);
      await until(source, 'block-storage', `/volumes/${volume.id}`, 'volume', ({ status }) => status === 'available');
      return volume.id;
    });
    await scan(topology, route.source, types);
    const drafted = await draft(consenting, wanted({ type: 'volume', id }));
    expect(drafted.digest).toBeUndefined();
    const finding = drafted.findings.find(({ code }) => code === 'encrypted-volume');
    expect(finding?.message).toContain('cipher text');
    expect(finding?.remedy).toContain('retype');
    // Its key goes with it, which Barbican lets only members of the project do.
    await within(source, seeded.web, async (inside) => {
      await inside.send('block-storage', { method: 'DELETE', path: `/volumes/${id}` });
      const isThere = async (): Promise<boolean> => (await volumesOf(source)).some((each) => each['id'] === id);
      for (const deadline = Date.now() + 60_000; (await isThere()) && Date.now() < deadline;) await pause(200);
    });
  });
});
