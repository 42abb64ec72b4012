import { isJsonObject, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds } from '@osm/openstack';
import type { Cloud } from '@osm/resource';
import { startFakeCloud, type FakeCloud } from '@osm/testing/fake-openstack';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allow, listAccess, untilActive, type Rule } from './access-rules.ts';
import { withSurroundings } from './share-surroundings.ts';
import { giveAccessBack, withdrawAccess } from './withdraw-access.ts';
import { writeVersion } from './write-version.ts';

const service = 'shared-file-system';
const clock = {
  now: () => new Date(),
  sleep: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, Math.min(milliseconds, 50))),
};
const patience = { clock, signal: new AbortController().signal, seconds: 10 };

const tenants: readonly Rule[] = [
  { access_type: 'ip', access_to: '10.1.0.0/16', access_level: 'rw', metadata: {} },
  { access_type: 'ip', access_to: '10.2.0.7', access_level: 'ro', metadata: {} },
  { access_type: 'user', access_to: 'alice', access_level: 'rw', metadata: { why: 'kerberos ☃' } },
];

// The older one replaces rules, the newer one changes them.
describe.each(['zed', 'epoxy'] as const)('write access to a share of %s', (release) => {
  let fake: FakeCloud;
  let cloud: Cloud & { close(): void };
  let id: string;

  beforeEach(async () => {
    fake = await startFakeCloud({
      ...{ name: 'one', region: 'RegionOne', release, networkType: 'vxlan', volumeTypes: ['ssd'] },
      adminPassword: 'secret',
    });
    const text = JSON.stringify({ clouds: { one: fake.adminCloudsYamlEntry } });
    cloud = openCloud('one', parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named('one'));
    const body = { share: { size: 1, share_proto: 'NFS', metadata: { app: 'shop' } } };
    const answer = await cloud.send(service, { method: 'POST', path: '/shares', body, microversion: writeVersion });
    id = String(inner(answer.body)['id']);
    await vi.waitFor(async () => expect((await shown())['status']).toBe('available'), 5000);
    for (const rule of tenants) await allow(cloud, id, rule, patience.signal);
    await untilActive(cloud, id, tenants, patience);
  });
  afterEach(async () => {
    cloud.close();
    await fake.close();
  });

  const inner = (body: unknown): JsonObject => {
    const found = isJsonObject(body) ? body['share'] : undefined;
    return isJsonObject(found) ? found : {};
  };
  const shown = async (): Promise<JsonObject> =>
    inner((await cloud.send(service, { method: 'GET', path: `/shares/${id}`, microversion: writeVersion })).body);
  const rules = async (): Promise<readonly Rule[]> =>
    (await listAccess(cloud, id)).map(({ rule }) => rule).sort((a, b) => (a.access_to < b.access_to ? -1 : 1));
  const levels = async () => (await rules()).map(({ access_to, access_level }) => [access_to, access_level]);
  /** What a scan tells of the share. */
  const scanned = async () => {
    const item = await shown();
    return { ...item, ...(await (await withSurroundings(cloud, id))(item)) };
  };
  const byClient = (found: unknown) =>
    (Array.isArray(found) ? found : []).toSorted((a: Rule, b: Rule) => (a.access_to < b.access_to ? -1 : 1));

  it('is withdrawn from all who have it, who go on reading, and a scan tells the rules as their owner made them', async () => {
    const before = await scanned();
    expect(await withdrawAccess(cloud, id, 'osm-1', patience)).toBe(2);
    expect(await levels()).toEqual([
      ['10.1.0.0/16', 'ro'],
      ['10.2.0.7', 'ro'],
      ['alice', 'ro'],
    ]);
    expect((await shown())['metadata']).toEqual({ app: 'shop' });
    const after = await scanned();
    expect({ ...after, access_rules: byClient(after.access_rules) }).toEqual({
      ...before,
      access_rules: byClient(before.access_rules),
    });
    // Again: nothing is left to do.
    const last = fake.ledger.next();
    expect(await withdrawAccess(cloud, id, 'osm-1', patience)).toBe(2);
    expect(fake.ledger.writes(last)).toEqual([]);
  });

  it('is given back as it was, by who has withdrawn it only', async () => {
    const before = await rules();
    await withdrawAccess(cloud, id, 'osm-1', patience);
    expect(await giveAccessBack(cloud, id, 'osm-another', patience)).toBe(0);
    expect(await giveAccessBack(cloud, id, 'osm-1', patience)).toBe(2);
    expect(await rules()).toEqual(before);
    expect(await giveAccessBack(cloud, id, 'osm-1', patience)).toBe(0);
    expect((await shown())['metadata']).toEqual({ app: 'shop' });
  });

  it.each(['withdrawn', 'given back'] as const)(
    'survives a death at any request while it is %s',
    { timeout: 120_000 },
    async (what) => {
      const before = await rules();
      const expected = byClient((await scanned()).access_rules);
      if (what === 'given back') await withdrawAccess(cloud, id, 'osm-1', patience);
      for (let at = 0; ; at++) {
        const run = what === 'withdrawn' ? withdrawAccess : giveAccessBack;
        const mortal = dying(cloud, at);
        const died = await run(mortal, id, 'osm-1', patience).then(
          () => false,
          () => true,
        );
        // Whatever is missing for the moment, nobody forgets it.
        expect(byClient((await scanned()).access_rules)).toEqual(expected);
        await giveAccessBack(cloud, id, 'osm-1', patience);
        expect(await rules()).toEqual(before);
        expect((await shown())['metadata']).toEqual({ app: 'shop' });
        if (!died) break;
        if (what === 'given back') await withdrawAccess(cloud, id, 'osm-1', patience);
      }
    },
  );

  it.runIf(release === 'zed')(
    'is withdrawn though the end of a longer record is left from an earlier time',
    async () => {
      const before = await rules();
      const body = { metadata: { osm_access_1: '"}},{"access_type":"ip"}]' } };
      const path = `/shares/${id}/metadata`;
      const expected = byClient((await scanned()).access_rules);
      // Before and after a rule is denied that is not there again yet.
      for (const at of [2, 3]) {
        await cloud.send(service, { method: 'POST', path, body, microversion: writeVersion });
        await expect(withdrawAccess(dying(cloud, at), id, 'osm-1', patience)).rejects.toThrow('died');
        expect(byClient((await scanned()).access_rules)).toEqual(expected);
        await giveAccessBack(cloud, id, 'osm-1', patience);
        expect(await rules()).toEqual(before);
      }
    },
  );

  // Who changes rules in place takes none away.
  if (release === 'zed') {
    it('is left where a rule in error would keep the others from coming back', async () => {
      const before = await levels();
      await allow(
        cloud,
        id,
        { access_type: 'cert', access_to: 'x', access_level: 'rw', metadata: {} },
        patience.signal,
      );
      await vi.waitFor(async () => {
        expect((await listAccess(cloud, id)).map(({ state }) => state)).toContain('error');
      }, 5000);
      await expect(withdrawAccess(cloud, id, 'osm-1', patience)).rejects.toMatchObject({ code: 'cannot-withdraw' });
      expect(await levels()).toEqual(expect.arrayContaining(before));
    });
  }
});

/** A cloud that is not reached any more after so many writes. */
const dying = (cloud: Cloud, after: number): Cloud => {
  let writes = 0;
  return {
    ...cloud,
    send: (name, request, signal) => {
      if (request.method !== 'GET' && writes++ >= after) return Promise.reject(new Error('died'));
      return cloud.send(name, request, signal);
    },
  };
};
