import { digest, marker, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds } from '@osm/openstack';
import { PolicySchema, type Cloud, type StepContext } from '@osm/resource';
import { startFakeCloud, type FakeCloud } from '@osm/testing/fake-openstack';
import { bytesOf, makeVolume } from '@osm/testing/tenant';
import { unheard } from '@osm/testing/ports';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportToImage, tidyImages } from './through-image.ts';
import { volume } from './volume.ts';

describe('the export of a volume', () => {
  let fake: FakeCloud;
  let cloud: Cloud & { close(): void };

  beforeAll(async () => {
    fake = await startFakeCloud({
      name: 'source',
      region: 'RegionOne',
      release: 'epoxy',
      networkType: 'geneve',
      volumeTypes: ['fast'],
      adminPassword: 'secret',
    });
    const text = JSON.stringify({ clouds: { source: fake.adminCloudsYamlEntry } });
    cloud = openCloud('source', parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named('source'));
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
    expect(left).toEqual([id]);
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
});

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
