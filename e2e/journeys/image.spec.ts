import { isJsonObject, type JsonObject } from '@osm/kernel';
import { inMemory, type Cloud, type Policy } from '@osm/resource';
import { allowImportPorts, forgetHash, garbleUploads } from '@osm/testing/fake-openstack';
import { migrate, openClouds, startTopology, type Clouds, type Topology, type Wanted } from '@osm/testing/harness';
import { bytesOf, listed, make, makeImage } from '@osm/testing/tenant';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removePeople } from './given-people.ts';

const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
const types = ['domain', 'project', 'image'];
/** Whether the clouds are fakes, whose faults can be chosen. */
const onFakes = process.env['OSM_E2E_CLOUDS'] !== 'lab';
const patchType = 'application/openstack-images-v2.1-json-patch';

const all = async (cloud: Cloud): Promise<readonly JsonObject[]> => {
  const hidden = { visibility: 'all', os_hidden: 'true' };
  const lists = [{ visibility: 'all' }, hidden].map((query) =>
    listed(cloud, 'image', { path: '/images', key: 'images', query }),
  );
  const ours = (await Promise.all(lists)).flat().filter(({ name }) => String(name).startsWith(prefix));
  return [...new Map(ours.map((image) => [image['id'], image])).values()];
};

const patch = (cloud: Cloud, id: unknown, body: readonly object[]) =>
  cloud.send('image', { method: 'PATCH', path: `/images/${String(id)}`, headers: { 'content-type': patchType }, body });

const removeImages = async (cloud: Cloud): Promise<void> => {
  for (const { id, protected: isProtected } of await all(cloud)) {
    if (isProtected === true) await patch(cloud, id, [{ op: 'replace', path: '/protected', value: false }]);
    await cloud.send('image', { method: 'DELETE', path: `/images/${String(id)}`, accept: [404] });
  }
};

/** What an image shows at any cloud: names for ids, and without what the cloud makes itself. */
const pictureOf = async (cloud: Cloud): Promise<readonly JsonObject[]> => {
  const images = await all(cloud);
  const projects = await listed(cloud, 'identity', { path: '/projects', key: 'projects' });
  const names = new Map([...projects, ...images].map(({ id, name }) => [String(id), String(name)]));
  const shown = images.map(async (image) => {
    const { created_at: _c, updated_at: _u, file: _f, self: _s, id, stores: _st, direct_url: _d, ...rest } = image;
    const members =
      image['visibility'] === 'shared'
        ? await listed(cloud, 'image', { path: `/images/${String(id)}/members`, key: 'members' })
        : [];
    const named = Object.entries(rest).map(([key, value]) => [
      key,
      typeof value === 'string' ? (names.get(value) ?? value) : Array.isArray(value) ? [...value].sort() : value,
    ]);
    return {
      ...Object.fromEntries(named),
      members: members.map(({ member_id, status }) => `${names.get(String(member_id)) ?? ''} ${String(status)}`).sort(),
    };
  });
  return (await Promise.all(shown)).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
};

/** Two may have the same name. */
const orderOf = ({ name, checksum }: JsonObject): string => `${String(name)} ${String(checksum)}`;

const seed = async (cloud: Cloud) => {
  const domain = await make(cloud, 'identity', '/domains', 'domain', { name: `${prefix}acme` });
  const project = (name: string) => make(cloud, 'identity', '/projects', 'project', { name, domain_id: domain.id });
  const [web, data, erp] = [
    await project(`${prefix}web`),
    await project(`${prefix}data`),
    await project(`${prefix}erp`),
  ];
  const image = (name: string, properties: object = {}) =>
    makeImage(cloud, `${prefix}${name}`, bytesOf(`${prefix}${name}`, 300_000), { owner: web.id, ...properties });
  const kernel = await image('kernel', { disk_format: 'aki', container_format: 'aki' });
  const ramdisk = await image('ramdisk', { disk_format: 'ari', container_format: 'ari' });
  await image('uefi', {
    kernel_id: kernel,
    ramdisk_id: ramdisk,
    hw_firmware_type: 'uefi',
    hw_machine_type: 'q35',
    hw_qemu_guest_agent: 'yes',
    os_secure_boot: 'required',
    os_distro: '',
    'owner_specified.openstack.md5': 'x',
    'vendor:odd key': 'ä "quoted"',
    min_ram: 256,
    min_disk: 1,
    tags: ['golden', 'web'],
    protected: true,
  });
  const shared = await image('shared', { visibility: 'shared' });
  for (const [member, status] of [
    [data.id, 'accepted'],
    [erp.id, 'rejected'],
  ] as const) {
    await cloud.send('image', { method: 'POST', path: `/images/${shared}/members`, body: { member } });
    await cloud.send('image', { method: 'PUT', path: `/images/${shared}/members/${member}`, body: { status } });
  }
  await image('hidden', { os_hidden: true, visibility: 'community' });
  await image('public', { visibility: 'public' });
  await image('twin', { name: `${prefix}twin` });
  await image('another', { name: `${prefix}twin` });
  const queued = {
    name: `${prefix}queued`,
    owner: web.id,
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'private',
  };
  await cloud.send('image', { method: 'POST', path: '/images', body: queued });
  return { project: web.id };
};

describe('the images of a project that moves', () => {
  const closing: (() => Promise<void>)[] = [];
  let clouds: Clouds;
  let topology: Topology;
  let wanted: Wanted;

  beforeAll(async () => {
    clouds = await openClouds();
    const { source, destination, route, cloudsYaml, folder, kind } = clouds;
    closing.push(async () => {
      for (const { admin } of kind === 'real' ? [source, destination] : []) {
        await removeImages(admin);
        await removePeople(admin, prefix);
      }
      await clouds.close();
    });
    const { project } = await seed(source.admin);
    wanted = { route, roots: [{ type: 'project', id: project }], include: { needs: true, members: true }, types };
    topology = await startTopology('embedded', {
      cloudsYaml,
      route,
      dataDirectory: path.join(folder, 'data'),
      policy: { preserve_ids: true },
    });
    closing.push(() => topology.close());
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('defects 7, 8 and 20: arrive with every property, tag, member and state, two of one name, hidden ones too', async () => {
    const outcome = await migrate(topology, wanted);
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });
    const [before, after] = [await pictureOf(clouds.source.admin), await pictureOf(clouds.destination.admin)];
    expect(after).toHaveLength(9);
    expect(after).toEqual(before);
    const shared = after.find(({ name }) => name === `${prefix}shared`);
    expect(shared?.['members']).toEqual([`${prefix}data accepted`, `${prefix}erp rejected`]);
  });

  it('keep their ids where that is asked for', async () => {
    const ids = async (cloud: Cloud) => (await all(cloud)).map(({ id }) => String(id)).sort();
    expect(await ids(clouds.destination.admin)).toEqual(await ids(clouds.source.admin));
  });

  it('are told about attribute by attribute, and nothing is lost unsaid', async () => {
    const { route } = clouds;
    const rows = await topology.asker.ask('registry.fidelity', { route, atLeast: await topology.log.head() });
    const lost = rows.filter(({ verdict }) => verdict === 'unknown' || verdict === 'lost');
    expect(lost.filter(({ attribute }) => attribute !== 'stores')).toEqual([]);
  });

  it('are written by no second run', async () => {
    expect(await migrate(topology, wanted)).toMatchObject({ steps: 0, failed: 0 });
  });

  it('without data of their own stay where they are, since they point at snapshots of the source', async () => {
    const { admin } = clouds.source;
    const body = {
      name: `${prefix}of-volumes`,
      disk_format: 'raw',
      container_format: 'bare',
      owner: wanted.roots[0]?.id,
    };
    const mapping = JSON.stringify([{ snapshot_id: 'x', source_type: 'snapshot' }]);
    const { body: made } = await admin.send('image', {
      method: 'POST',
      path: '/images',
      body: { ...body, block_device_mapping: mapping, bdm_v2: 'True' },
    });
    const id = String(isJsonObject(made) ? made['id'] : undefined);
    const headers = { 'content-type': 'application/octet-stream' };
    await admin.send('image', { method: 'PUT', path: `/images/${id}/file`, headers, body: '' });
    expect(await migrate(topology, wanted)).toMatchObject({ steps: 0, failed: 0 });
  });

  it('that are not what they say they are, are refused with what to do, and nothing of them is left', async () => {
    const { admin } = clouds.source;
    const properties = { disk_format: 'iso', owner: wanted.roots[0]?.id };
    const id = await makeImage(admin, `${prefix}mislabelled`, bytesOf('no iso', 1_048_576), properties);
    const outcome = await migrate(topology, { ...wanted, roots: [{ type: 'image', id }] });
    expect(outcome).toMatchObject({ failed: 1 });
    expect(outcome.failures[0]?.message).toContain('not of the format iso');
    expect(outcome.failures[0]?.remedy).toContain('--disk-format');
    const left = (await all(clouds.destination.admin)).filter(({ name }) => name === `${prefix}mislabelled`);
    expect(left).toEqual([]);
  });

  /** An image of the source that is migrated by itself, by one way, and what became of it. */
  const sent = async (
    name: string,
    image_transfer: Policy['image_transfer'],
    prepare: (id: string) => void = () => undefined,
  ) => {
    const bytes = bytesOf(name, 2_000_000);
    const { source, destination } = clouds;
    const { asker, log } = topology;
    const id = await makeImage(source.admin, `${prefix}${name}`, bytes, { owner: wanted.roots[0]?.id });
    prepare(id);
    const policy = { ...topology.policy, image_transfer, preserve_ids: false };
    const outcome = await migrate({ asker, log, policy }, { ...wanted, roots: [{ type: 'image', id }] });
    const twins = (await all(destination.admin)).filter((image) => image['name'] === `${prefix}${name}`);
    const hashes = twins.map(async (twin) => {
      const request = { method: 'GET', path: `/images/${String(twin['id'])}/file` } as const;
      return sha256(await inMemory(await destination.admin.download('image', request)));
    });
    return { outcome, twins, hashes: await Promise.all(hashes), wanted: sha256(bytes) };
  };

  it('go through the destination’s staging area where that is asked for, and arrive equal', async () => {
    const { outcome, hashes, wanted } = await sent('staged', 'glance-direct');
    expect(outcome).toMatchObject({ failed: 0, failures: [] });
    expect(hashes).toEqual([wanted]);
  });

  it('are fetched by the destination itself where it may, and are refused with what to do where it may not', async () => {
    const { source, destination } = clouds;
    const port = new URL(source.config.authUrl).port;
    if (destination.fake !== undefined) allowImportPorts(destination.fake, [Number(port)]);
    const { outcome, twins, hashes, wanted } = await sent('fetched', 'web-download');
    const allowed = destination.fake !== undefined || outcome.failed === 0;
    expect(outcome).toMatchObject(allowed ? { failed: 0, failures: [] } : { failed: 1 });
    if (allowed) expect(hashes).toEqual([wanted]);
    else {
      expect(outcome.failures[0]?.remedy).toContain('allowed_ports');
      expect(outcome.failures[0]?.message).toContain(String(twins[0]?.['id']));
      expect(twins).toMatchObject([{ status: 'queued' }]);
    }
    const query = { format: 'json' };
    const { headers } = await source.admin.send('object-store', { method: 'GET', path: '', query });
    expect(Object.keys(headers).filter((name) => name.includes('temp-url'))).toEqual([]);
    const containers = await listed(source.admin, 'object-store', { path: '', key: '', query });
    expect(containers.filter(({ name }) => String(name).startsWith('openstack-migrate'))).toEqual([]);
  });

  it.runIf(onFakes)('are proven by a hash taken on the way where the source has none', async () => {
    const { outcome, hashes, wanted } = await sent('unhashed', 'auto', (id) => {
      if (clouds.source.fake !== undefined) forgetHash(clouds.source.fake, id);
    });
    expect(outcome).toMatchObject({ failed: 0, failures: [] });
    expect(hashes).toEqual([wanted]);
  });

  it.runIf(onFakes)(
    'that arrive changed are copied once more, and given up with both hashes when it happens again',
    async () => {
      const garble = (uploads: number) => (): void => {
        if (clouds.destination.fake !== undefined) garbleUploads(clouds.destination.fake, uploads);
      };
      const once = await sent('garbled', 'direct', garble(1));
      expect(once.outcome).toMatchObject({ failed: 0, failures: [] });
      expect(once.hashes).toEqual([once.wanted]);
      const twice = await sent('garbled-again', 'direct', garble(2));
      expect(twice.outcome).toMatchObject({ failed: 1 });
      expect(twice.twins).toEqual([]);
      const [{ message } = { message: '' }] = twice.outcome.failures;
      expect(message.match(/sha512 [0-9a-f]{128} at the source/g)).toHaveLength(2);
      expect(message.match(/sha512 [0-9a-f]{128} at the destination/g)).toHaveLength(2);
    },
  );
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
