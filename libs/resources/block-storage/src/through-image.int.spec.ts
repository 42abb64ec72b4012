import { digest, isFailure, marker, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds } from '@osm/openstack';
import { inMemory, PolicySchema, type Cloud, type StepContext } from '@osm/resource';
import { garbleUploads, readVolume, startFakeCloud, writeVolume, type FakeCloud } from '@osm/testing/fake-openstack';
import { bytesOf, makeVolume } from '@osm/testing/tenant';
import { unheard } from '@osm/testing/ports';
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotOf, takeSnapshot } from './moment.ts';
import { exportToImage, tidyImages, transferImage } from './through-image.ts';
import { volume } from './volume.ts';

describe('the export of a volume', () => {
  let fake: FakeCloud;
  let cloud: Cloud & { close(): void };

  beforeAll(async () => {
    fake = await startFakeCloud(options);
    cloud = opened(fake);
  });
  afterAll(async () => {
    cloud.close();
    await fake.close();
  });

  const images = async (): Promise<readonly JsonObject[]> => {
    const found: JsonObject[] = [];
    for await (const image of cloud.list('image', '/images', { key: 'images' })) found.push(image);
    return found;
  };

  const shown = async (id: string): Promise<JsonObject> => {
    const { body } = await cloud.send('block-storage', { method: 'GET', path: `/volumes/${id}` });
    return (body as { readonly volume: JsonObject }).volume;
  };

  const imageOf = async (id: unknown): Promise<JsonObject> =>
    (await images()).find((image) => image['id'] === id) ?? {};

  /** Everything temporary that is there. */
  const ours = async (): Promise<readonly string[]> => {
    const found = (await images()).map(({ name }) => String(name));
    for (const kind of ['volumes', 'snapshots']) {
      const list = cloud.list('block-storage', `/${kind}/detail`, { key: kind });
      for await (const item of list) found.push(String(item['name']));
    }
    return found.filter((name) => name.startsWith('osm-'));
  };

  it('reads a copy of one whose image metadata are all Glance’s own, leaves the volume as it is, and collects everything', async () => {
    const id = await makeVolume(cloud, 'plain', bytesOf('plain', 4096));
    const body = { 'os-unset_image_metadata': { key: 'acme:origin' } };
    await cloud.send('block-storage', { method: 'POST', path: `/volumes/${id}/action`, body });
    const before = await shown(id);
    const ref = { type: 'volume', id };
    const context = contextOf(cloud, ref, before);
    const { imageId } = await exportToImage.run(context);
    expect((await images()).map((image) => [image['id'], image['status']])).toContainEqual([imageId, 'active']);
    await tidyImages.run(context);
    expect((await images()).filter(({ name }) => String(name).startsWith('osm-'))).toEqual([]);
    const left: string[] = [];
    for await (const item of cloud.list('block-storage', '/volumes/detail', { key: 'volumes' }))
      left.push(String(item['id']));
    expect(left).toContain(id);
    expect(digest({ ...(await shown(id)), updated_at: null })).toBe(digest({ ...before, updated_at: null }));
  });

  it('defect 25: reads a volume that a server writes to from a snapshot, never from under the writer', async () => {
    const id = await makeVolume(cloud, 'busy', bytesOf('busy', 4096));
    const act = (body: JsonObject) =>
      cloud.send('block-storage', { method: 'POST', path: `/volumes/${id}/action`, body });
    await act({ 'os-attach': { instance_uuid: randomUUID(), mountpoint: '/dev/vdb', mode: 'rw' } });
    const before = await shown(id);
    expect(before['status']).toBe('in-use');
    const after = fake.ledger.next();
    const context = contextOf(cloud, { type: 'volume', id }, before);
    await exportToImage.run(context);
    const uploads = fake.ledger.writes(after).filter(({ path: place }) => place.endsWith(`/volumes/${id}/action`));
    expect(uploads).toEqual([]);
    await tidyImages.run(context);
    expect((await shown(id))['status']).toBe('in-use');
  });

  it('defect 35: begins again with the image that an interrupted run has made, and exports nothing twice', async () => {
    const id = await makeVolume(cloud, 'again', bytesOf('again', 4096));
    const context = contextOf(cloud, { type: 'volume', id }, await shown(id));
    const first = await exportToImage.run(context);
    const after = fake.ledger.next();
    expect(await exportToImage.run(context)).toEqual(first);
    expect(fake.ledger.writes(after)).toEqual([]);
    await tidyImages.run(context);
  });

  it('makes a qcow2 image of only what was written, and takes raw where the source may not convert', async () => {
    const id = await makeVolume(cloud, 'sparse', undefined, { size: 3 });
    writeVolume(fake, id, bytesOf('a guest', 300_000), 1_000_000);
    const context = { ...contextOf(cloud, { type: 'volume', id }, await shown(id)), strategy: 'qcow2' };
    const made = await exportToImage.run(context);
    expect(made).toMatchObject({ format: 'qcow2', consistency: 'stopped' });
    const image = await imageOf(made['imageId']);
    expect(image).toMatchObject({ disk_format: 'qcow2', virtual_size: 3 * 1024 * 1024 });
    expect(Number(image['size'])).toBeLessThan(800_000);
    await tidyImages.run(context);

    const stern = await startFakeCloud({ ...options, imageConversionDisable: true });
    const other = opened(stern);
    try {
      const volumeId = await makeVolume(other, 'stern', bytesOf('stern', 4096));
      const { body } = await other.send('block-storage', { method: 'GET', path: `/volumes/${volumeId}` });
      const { volume: attributes } = body as { readonly volume: JsonObject };
      const order = contextOf(other, { type: 'volume', id: volumeId }, attributes);
      const raw = await exportToImage.run({ ...order, strategy: 'qcow2' });
      expect(raw).toMatchObject({ format: 'raw' });
      expect(raw['note']).toContain('the source made no qcow2 image');
    } finally {
      other.close();
      await stern.close();
    }
  });

  it('keeps to the moment of the snapshot, whatever is written after it, and says how consistent that is', async () => {
    const id = await makeVolume(cloud, 'moment', bytesOf('before', 1_048_576));
    const act = (body: JsonObject) =>
      cloud.send('block-storage', { method: 'POST', path: `/volumes/${id}/action`, body });
    await act({ 'os-attach': { instance_uuid: randomUUID(), mountpoint: '/dev/vdb', mode: 'rw' } });
    const context = contextOf(cloud, { type: 'volume', id }, await shown(id));
    const taken = await takeSnapshot.run({ ...context, marker: marker(context.route, 'volume', id, 'snapshot') });
    expect(taken).toMatchObject({ consistency: 'crash-consistent' });
    const before = hash(readVolume(fake, id));
    writeVolume(fake, id, bytesOf('after', 1000), 5000);
    const made = await exportToImage.run({ ...context, outputs: { snapshot: taken } });
    expect(made).toMatchObject({ consistency: 'crash-consistent', takenAt: taken['takenAt'] });
    const file = await cloud.download('image', { method: 'GET', path: `/images/${String(made['imageId'])}/file` });
    expect(hash(await inMemory(file))).toBe(before);
    await tidyImages.run(context);
    expect(await ours()).toEqual([]);
  });

  it('copies once more what arrives garbled, and then stops with the hashes of both copies', async () => {
    const id = await makeVolume(cloud, 'garbled', bytesOf('garbled', 4096));
    const context = contextOf(cloud, { type: 'volume', id }, await shown(id));
    const exported = await exportToImage.run(context);
    const name = marker(context.route, 'volume', id, 'transfer');
    const transfer = { ...context, marker: name, outputs: { export: exported } };
    garbleUploads(fake, 1);
    const arrived = await transferImage.run(transfer);
    const file = await cloud.download('image', { method: 'GET', path: `/images/${String(arrived['imageId'])}/file` });
    expect(hash(await inMemory(file))).toBe(hash(readVolume(fake, id)));
    expect((await images()).filter((image) => image['name'] === name)).toHaveLength(1);

    await cloud.send('image', { method: 'DELETE', path: `/images/${String(arrived['imageId'])}` });
    garbleUploads(fake, 2);
    await expect(transferImage.run(transfer)).rejects.toMatchObject({
      code: 'data-differ',
      message: expect.stringMatching(/sha512 \w+ at the destination; before that: .* sha512 \w+ at the destination/),
    });
    garbleUploads(fake, 0);
    await tidyImages.run(context);
    expect(await ours()).toEqual([]);
  });

  it('takes another moment where one is left of a plan that was broken off', async () => {
    const id = await makeVolume(cloud, 'left', bytesOf('monday', 4096));
    const act = (body: JsonObject) =>
      cloud.send('block-storage', { method: 'POST', path: `/volumes/${id}/action`, body });
    await act({ 'os-attach': { instance_uuid: randomUUID(), mountpoint: '/dev/vdb', mode: 'rw' } });
    const context = contextOf(cloud, { type: 'volume', id }, await shown(id));
    await exportToImage.run({ ...context, planId: 'monday' });
    writeVolume(fake, id, bytesOf('friday', 1000), 0);
    await snapshotOf({ ...context, planId: 'friday' }, id);
    const made = await exportToImage.run({ ...context, planId: 'friday' });
    const file = await cloud.download('image', { method: 'GET', path: `/images/${String(made['imageId'])}/file` });
    expect(hash(await inMemory(file))).toBe(hash(readVolume(fake, id)));
    await tidyImages.run(context);
    expect(await ours()).toEqual([]);
  });

  it('what has no room is refused before anything is made: by max_staging_gib, or by the quota', async () => {
    const id = await makeVolume(cloud, 'large', undefined, { size: 5 });
    const context = contextOf(cloud, { type: 'volume', id }, await shown(id));
    const refused = (policy: JsonObject) =>
      exportToImage.run({ ...context, policy: PolicySchema.parse(policy) }).then(
        () => undefined,
        (error: unknown) => (isFailure(error) ? error : undefined),
      );
    expect(await refused({ max_staging_gib: 4 })).toMatchObject({ code: 'staging-full', disposition: 'stop' });

    const act = (body: JsonObject) =>
      cloud.send('block-storage', { method: 'POST', path: `/volumes/${id}/action`, body });
    await act({ 'os-attach': { instance_uuid: randomUUID(), mountpoint: '/dev/vdb', mode: 'rw' } });
    const { projectId } = await cloud.whoAmI();
    const quota = (snapshots: number) => {
      const path = `/os-quota-sets/${String(projectId)}`;
      return cloud.send('block-storage', { method: 'PUT', path, body: { quota_set: { snapshots } } });
    };
    await quota(0);
    const failure = await refused({});
    expect(failure).toMatchObject({ code: 'quota-exceeded', disposition: 'stop' });
    expect(failure?.message).toContain('1 snapshots wanted, 0 of 0 left');
    expect(await ours()).toEqual([]);
    await quota(10);

    // Another volume's temporaries hold what is missing: it is waited for.
    const other = contextOf(
      cloud,
      { type: 'volume', id: await makeVolume(cloud, 'other', undefined, { size: 1 }) },
      {},
    );
    await snapshotOf(other, other.ref.id);
    const waited: string[] = [];
    const waiting = (what: string): void => void waited.push(what);
    const policy = PolicySchema.parse({ max_staging_gib: 15 });
    await expect(exportToImage.run({ ...context, policy, waiting })).rejects.toMatchObject({
      code: 'staging-full',
      disposition: 'retry',
    });
    expect(waited.join()).toContain('temporary copies hold 1 of 15 GiB');
    await tidyImages.run(other);
    expect(await exportToImage.run({ ...context, policy })).toMatchObject({ format: 'raw' });
    await tidyImages.run(context);
    expect(await ours()).toEqual([]);
  });
});

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const options = {
  name: 'source',
  region: 'RegionOne',
  release: 'epoxy',
  networkType: 'geneve',
  volumeTypes: ['fast'],
  adminPassword: 'secret',
} as const;

const opened = (fake: FakeCloud): Cloud & { close(): void } => {
  const text = JSON.stringify({ clouds: { source: fake.adminCloudsYamlEntry } });
  return openCloud('source', parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named('source'));
};

const contextOf = (cloud: Cloud, ref: StepContext['ref'], attributes: JsonObject): StepContext => {
  const route = { source: 'source', destination: 'source' };
  return {
    route,
    ref,
    handler: volume,
    attributes,
    policy: PolicySchema.parse({}),
    marker: marker(route, ref.type, ref.id, 'export'),
    outputs: {},
    history: [],
    destinationId: undefined,
    twinOf: () => undefined,
    source: cloud,
    destination: cloud,
    clock: { now: () => new Date(), sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)) },
    signal: new AbortController().signal,
    ...unheard,
  };
};
