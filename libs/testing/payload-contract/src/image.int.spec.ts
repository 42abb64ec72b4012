import { isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds } from '@osm/openstack';
import { inMemory, PolicySchema, writeAll, type Cloud } from '@osm/resource';
import { copyImageData } from '@osm/resources/image';
import { startFakeCloud } from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import { describePayload } from './describe-payload.ts';
import { openSpoiledClouds } from './open-spoiled-clouds.ts';
import type { PatternPeer } from './open-pattern-peer.ts';

const clock = {
  now: () => new Date(),
  sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, Math.min(ms, 50))),
};
const tools = { ...unheard, clock, policy: PolicySchema.parse({}) };

const shown = async (cloud: Cloud, id: string): Promise<JsonObject> => {
  const { body } = await cloud.send('image', { method: 'GET', path: `/images/${id}` });
  return isJsonObject(body) ? body : {};
};

const record = async (cloud: Cloud): Promise<string> => {
  const body = { name: 'i', disk_format: 'raw', container_format: 'bare' };
  const answer = await cloud.send('image', { method: 'POST', path: '/images', body });
  return isJsonObject(answer.body) ? String(answer.body['id']) : '';
};

const file = (id: string) => ({ path: `/images/${id}/file`, headers: { 'Content-Type': 'application/octet-stream' } });

describePayload({
  name: 'the data of an image',
  open: async () => {
    const clouds = await openSpoiledClouds('image', '/image', (_, path) => path.endsWith('/file'));
    const { source, destination, straight } = clouds;
    const twins = new Map<string, string>();
    return {
      put: async (bytes) => {
        const id = await record(straight.source);
        await writeAll(await straight.source.upload('image', { method: 'PUT', ...file(id) }, bytes.length), bytes);
        return id;
      },
      copy: async (id, signal) => {
        const twin = twins.get(id) ?? (await record(straight.destination));
        twins.set(id, twin);
        try {
          return await copyImageData({ ...tools, source, destination, signal }, id, twin);
        } catch (error) {
          // What is proven to differ is deleted by the engine.
          if (isFailure(error) && ['twin-failed', 'data-differ'].includes(error.code)) {
            await straight.destination.send('image', { method: 'DELETE', path: `/images/${twin}` });
            twins.delete(id);
          }
          throw error;
        }
      },
      arrived: async (id) => {
        const twin = twins.get(id);
        if (twin === undefined || (await shown(straight.destination, twin))['status'] !== 'active') return undefined;
        return await inMemory(await straight.destination.download('image', { method: 'GET', ...file(twin) }));
      },
      spoil: (fault) => clouds.spoil(fault),
      [Symbol.asyncDispose]: () => clouds[Symbol.asyncDispose](),
    };
  },

  giant: async (peer, bytes) => {
    const fake = await startFakeCloud({
      ...{ name: 'a', region: 'R1', release: 'epoxy', networkType: 'vxlan', volumeTypes: [], adminPassword: 'lab' },
    });
    const text = JSON.stringify({
      clouds: { a: { ...fake.adminCloudsYamlEntry, image_endpoint_override: `${peer.url}/v2` } },
    });
    const cloud = openCloud('a', parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named('a'));
    try {
      await giantRecords(peer, bytes);
      await copyImageData(
        { ...tools, source: cloud, destination: cloud, signal: new AbortController().signal },
        'original',
        'twin',
      );
    } finally {
      cloud.close();
      await fake.close();
    }
  },
});

/** What Glance would show of both: it hashes for itself, and here the peer compares. */
const giantRecords = async (peer: PatternPeer, bytes: number): Promise<void> => {
  const active = { status: 'active', size: bytes, os_hash_algo: 'sha512', os_hash_value: 'ab' };
  await peer.serve('/original/file', bytes);
  await peer.answer('/v2/images/original', { ...active, id: 'original' });
  await peer.answer('/v2/images/twin', { id: 'twin', status: 'queued' }, { ...active, id: 'twin' });
};
