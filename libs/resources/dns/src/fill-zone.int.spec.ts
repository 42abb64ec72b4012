import type { JsonObject } from '@osm/kernel';
import { openCloud } from '@osm/openstack';
import { createOne, PolicySchema, readOne, type Cloud, type StepContext } from '@osm/resource';
import { startFakeCloud } from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dnsZone } from './dns-zone.ts';
import { fillZone } from './fill-zone.ts';

const zone = { name: 'web.example.', type: 'PRIMARY', email: 'h@web.example' };

/** A cloud on loopback with an empty zone. */
const destinationWithZone = async () => {
  const fake = await startFakeCloud({
    ...{ name: 'destination', region: 'RegionTwo', release: 'epoxy', networkType: 'geneve' },
    ...{ volumeTypes: ['fast'], adminPassword: 'lab' },
  });
  const cloud = openCloud('destination', {
    file: 'clouds.yaml',
    authUrl: fake.authUrl,
    credential: { type: 'password', user: { name: 'admin', domain: { id: 'default' } }, password: 'lab' },
    scope: { type: 'project', project: { name: 'admin', domain: { id: 'default' } } },
    region: 'RegionTwo',
    interface: 'public',
    tls: { verify: true, cacert: undefined, cert: undefined, key: undefined },
    endpointOverrides: {},
  });
  const id = dnsZone.id(await createOne(cloud, dnsZone, zone));
  return {
    fake,
    id,
    fill: (recordsets: readonly JsonObject[]) => fillZone.run(contextOf(cloud, id, recordsets)),
    sets: async () => (await readOne(cloud, dnsZone, id))['recordsets'],
    post: (set: JsonObject) => cloud.send('dns', { method: 'POST', path: `/zones/${id}/recordsets`, body: set }),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      cloud.close();
      await fake.close();
    },
  };
};

const contextOf = (cloud: Cloud, id: string, recordsets: readonly JsonObject[]): StepContext => ({
  route: { source: 'source', destination: 'destination' },
  ref: { type: 'dns-zone', id: 'original' },
  handler: dnsZone,
  attributes: { ...zone, id: 'original', project_id: 'web', recordsets: [...recordsets], parent_zone: null },
  policy: PolicySchema.parse({}),
  marker: 'osm-0123456789abcdef0123456',
  outputs: {},
  history: [],
  destinationId: id,
  twinOf: () => undefined,
  source: cloud,
  destination: cloud,
  clock: { now: () => new Date(), sleep: (ms, signal) => pause(ms, undefined, { signal }) },
  signal: new AbortController().signal,
  ...unheard,
});

const set = (label: string, ...records: string[]): JsonObject => ({
  ...{ name: `${label}.web.example.`, type: 'A', records, ttl: null, description: null },
});

describe('the records of a zone', () => {
  it('defect 29: are made, and those that differ are set; a second time nothing is written', async () => {
    await using destination = await destinationWithZone();
    await destination.post(set('a', '198.51.100.1'));
    const wanted = [set('a', '192.0.2.1'), set('b', '192.0.2.2', '192.0.2.3')];

    expect(await destination.fill(wanted)).toEqual({ made: 1, changed: 1 });
    expect(await destination.sets()).toEqual(wanted);

    const before = destination.fake.ledger.next();
    expect(await destination.fill(wanted)).toEqual({ made: 0, changed: 0 });
    expect(destination.fake.ledger.writes(before)).toEqual([]);
  });

  it('that are refused fail the step, are all named, and hide no other', async () => {
    await using destination = await destinationWithZone();
    const wanted = [set('a', 'no address'), set('b', '192.0.2.2'), set('c', 'none either'), set('d', '192.0.2.4')];

    await expect(destination.fill(wanted)).rejects.toMatchObject({
      disposition: 'stop',
      message: expect.stringMatching(/2 of 4 recordsets.*a\.web\.example\. A.*c\.web\.example\. A/s),
    });

    expect(await destination.sets()).toEqual([set('b', '192.0.2.2'), set('d', '192.0.2.4')]);
  });

  it('that others have put there stay', async () => {
    await using destination = await destinationWithZone();
    await destination.post(set('theirs', '192.0.2.9'));
    await destination.fill([set('a', '192.0.2.1')]);
    expect(await destination.sets()).toEqual([set('a', '192.0.2.1'), set('theirs', '192.0.2.9')]);
  });
});
