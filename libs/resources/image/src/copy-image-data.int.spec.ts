import { isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds, type OpenCloud } from '@osm/openstack';
import { inMemory, loanName, PolicySchema, writeAll } from '@osm/resource';
import {
  allowImportPorts,
  forgetHash,
  garbleUploads,
  startFakeCloud,
  type FakeCloud,
} from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyImageData } from './copy-image-data.ts';
import { takeBack } from './strategies/lend-url.ts';
import { imageStrategies, imageTransfer, strategyNamed } from './strategies/image-strategies.ts';

const signal = new AbortController().signal;
const clock = {
  now: () => new Date(),
  sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, Math.min(ms, 50))),
};
const bytes = randomBytes(300_000);
const sha512 = createHash('sha512').update(bytes).digest('hex');

let fakes: readonly [FakeCloud, FakeCloud];
let source: OpenCloud;
let destination: OpenCloud;
let requests: string[];

beforeEach(async () => {
  const common = { region: 'R1', networkType: 'vxlan', volumeTypes: [], adminPassword: 'lab-Secret' } as const;
  fakes = [
    await startFakeCloud({ ...common, name: 'a', release: 'zed' }),
    await startFakeCloud({ ...common, name: 'b', release: 'epoxy' }),
  ];
  requests = [];
  const open = (name: string, fake: FakeCloud): OpenCloud => {
    const text = JSON.stringify({ clouds: { [name]: fake.adminCloudsYamlEntry } });
    const config = parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named(name);
    return openCloud(name, config, {
      onRequest: ({ method, url }) => requests.push(`${name} ${method} ${url.replace(/^.*\/v\d\/?/, '/')}`),
    });
  };
  source = open('a', fakes[0]);
  destination = open('b', fakes[1]);
});

afterEach(async () => {
  source.close();
  destination.close();
  for (const fake of fakes) await fake.close();
});

const record = async (cloud: OpenCloud, disk_format = 'raw'): Promise<string> => {
  const body = { name: 'i', disk_format, container_format: 'bare' };
  const answer = await cloud.send('image', { method: 'POST', path: '/images', body });
  return isJsonObject(answer.body) ? String(answer.body['id']) : '';
};

const file = (id: string) => ({ path: `/images/${id}/file`, headers: { 'Content-Type': 'application/octet-stream' } });

const given = async (): Promise<readonly [original: string, twin: string]> => {
  const id = await record(source);
  await writeAll(await source.upload('image', { method: 'PUT', ...file(id) }, bytes.length), bytes);
  return [id, await record(destination)];
};

const shown = async (id: string): Promise<JsonObject> => {
  const { body } = await destination.send('image', { method: 'GET', path: `/images/${id}` });
  return isJsonObject(body) ? body : {};
};

const arrived = async (id: string): Promise<Buffer> =>
  inMemory(await destination.download('image', { method: 'GET', ...file(id) }));

const copy = (ids: readonly [string, string], way = 'direct') =>
  copyImageData({ ...unheard, source, destination, clock, signal }, ...ids, strategyNamed(way));

const refusal = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (raised: unknown) => raised,
  );
  if (!isFailure(error)) throw new Error('it was not refused', { cause: error });
  return error;
};

const leftInStore = async (): Promise<readonly JsonObject[]> =>
  Array.fromAsync(source.list('object-store', '', { key: '', query: { format: 'json' } }));

describe('the data of an image', () => {
  for (const { name } of imageStrategies) {
    it(`arrive by ${name}, proven by both clouds' own hash, and by no second copy`, async () => {
      allowImportPorts(fakes[1], [Number(new URL(fakes[0].url).port)]);
      const ids = await given();
      const proof = { bytes: bytes.length, algorithm: 'sha512', hash: sha512, strategy: name };
      expect(await copy(ids, name)).toEqual(proof);
      expect((await arrived(ids[1])).equals(bytes)).toBe(true);
      const before = requests.length;
      expect(await copy(ids, name)).toEqual(proof);
      expect(requests.slice(before).filter((request) => !request.includes(' GET '))).toEqual([]);
    });
  }

  it('leave nothing in the source’s object store when the destination has fetched them', async () => {
    allowImportPorts(fakes[1], [Number(new URL(fakes[0].url).port)]);
    await copy(await given(), 'web-download');
    expect(await leftInStore()).toEqual([]);
    const { headers } = await source.send('object-store', { method: 'GET', path: '', query: { format: 'json' } });
    expect(Object.keys(headers).filter((header) => header.includes('temp-url'))).toEqual([]);
  });

  it('stay lent until they are taken back when the destination does not fetch them, and nobody hears of the URL', async () => {
    const ids = await given();
    const { code, message, remedy } = await refusal(copy(ids, 'web-download'));
    expect(code).toBe('web-download-refused');
    expect(message).toContain(`image ${ids[1]} of b is left without data`);
    expect(remedy).toContain('allowed_ports');
    expect(message).not.toContain('temp_url_sig');
    const loan = { cloud: source, name: loanName(ids[0], 'b') };
    expect([await takeBack(loan), await leftInStore(), await takeBack(loan)]).toEqual([true, [], false]);
    expect(await shown(ids[1])).toMatchObject({ status: 'queued' });
  });

  it('are hashed on their way where the source has no hash, and found out when they arrive changed', async () => {
    const ids = await given();
    forgetHash(fakes[0], ids[0]);
    expect(await copy(ids)).toMatchObject({ algorithm: 'sha512', hash: sha512 });
    const others = await given();
    forgetHash(fakes[0], others[0]);
    garbleUploads(fakes[1], 1);
    const { code, message } = await refusal(copy(others));
    const there = String((await shown(others[1]))['os_hash_value']);
    expect(code).toBe('data-differ');
    expect(message).toContain(`sha512 ${sha512} at the source`);
    expect(message).toContain(`sha512 ${there} at the destination`);
  });

  it('are read once more where they were copied by a worker that has died and the source has no hash', async () => {
    const ids = await given();
    await copy(ids);
    forgetHash(fakes[0], ids[0]);
    expect(await copy(ids)).toMatchObject({ algorithm: 'sha512', hash: sha512 });
  });

  it('are imported by whoever comes after a worker that died when it had staged them', async () => {
    const ids = await given();
    const stage = { method: 'PUT', path: `/images/${ids[1]}/stage`, headers: file(ids[1]).headers } as const;
    await writeAll(await destination.upload('image', stage, bytes.length), bytes);
    expect(await copy(ids, 'glance-direct')).toMatchObject({ hash: sha512 });
    const others = await given();
    const other = { ...stage, path: `/images/${others[1]}/stage` };
    await writeAll(await destination.upload('image', other, bytes.length), bytes);
    expect(await refusal(copy(others))).toMatchObject({ code: 'twin-failed' });
  });

  it('that the destination refuses to import make the record useless, and that is said', async () => {
    const id = await record(source, 'iso');
    await writeAll(await source.upload('image', { method: 'PUT', ...file(id) }, bytes.length), bytes);
    const twin = await record(destination, 'iso');
    expect(await refusal(copy([id, twin], 'glance-direct'))).toMatchObject({ code: 'twin-failed' });
    // Glance leaves it so for ever; a run of after a crash sees the same.
    expect(await shown(twin)).toMatchObject({ status: 'importing' });
    expect(await refusal(copy([id, twin], 'glance-direct'))).toMatchObject({ code: 'twin-failed' });
  });
});

describe('the way of an image', () => {
  const policyOf = (image_transfer: string) => PolicySchema.parse({ image_transfer });

  it('is direct unless somebody asks for another, and the clouds are asked once', async () => {
    const facts = await imageTransfer.probe(source, destination, policyOf('auto'), signal);
    expect(facts).toEqual({ methods: ['glance-direct', 'web-download', 'copy-image'], noObjectStore: null });
    const choose = (wanted: string) => imageTransfer.choose({ id: 'i', size: 1 }, policyOf(wanted), facts);
    expect(choose('auto')).toMatchObject({ name: 'direct', reason: expect.stringContaining('one write') });
    expect(choose('web-download')).toEqual({ name: 'web-download', reason: 'image_transfer asks for it' });
  });

  it('that cannot be is refused with those that can', () => {
    const choose = (facts: JsonObject, size: number) => () =>
      imageTransfer.choose({ id: 'i', size }, policyOf('web-download'), facts);
    const both = { methods: ['web-download'], noObjectStore: null };
    expect(choose({ methods: [], noObjectStore: null }, 1)).toThrow(
      'cannot move image i by web-download: the destination',
    );
    expect(choose({ ...both, noObjectStore: 'the source has no object store' }, 1)).toThrow('no object store');
    expect(choose(both, 6_000_000_000)).toThrow('5 GiB');
    expect(choose(both, 1)()).toMatchObject({ name: 'web-download' });
  });
});
