import { inventoryOfType, inventorySubject, scanSubject, type DomainEvent } from '@osm/contracts';
import { Failure, type JsonObject } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { createOne, defineResource, deleteOne, network as networkApi, updateOne, type Resource } from '@osm/resource';
import { boot, type Running } from '@osm/runtime';
import { startFakeCloud, writeCloudsYaml, type FakeCloud } from '@osm/testing/fake-openstack';
import { openTestPorts, portsWith, until, type TestPorts } from '@osm/testing/ports';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DiscoveryModule } from './discovery.module.ts';
import { runScan } from './run-scan.ts';

const simple = (type: string, api: Resource['api'], secret: readonly string[] = []): Resource =>
  defineResource({
    type,
    summary: 'Made up for this test.',
    api,
    source: z.object({ id: z.string(), name: z.string(), description: z.string().optional() }),
    needs: {},
    filters: [],
    create: () => ({}),
    adopt: { marker: 'description' },
    drop: { mtu: { reason: 'A test has no use for it.', verdict: 'impossible' } },
    secret,
  });

const network = simple('network', networkApi('/networks', 'network'), ['description']);
const group = simple('group', networkApi('/security-groups', 'security_group'));
const container = simple('container', {
  service: 'object-store',
  path: '/',
  one: 'container',
  many: 'containers',
  update: 'PUT',
});

describe('discovery', () => {
  let folder: string;
  let fake: FakeCloud;
  let open: TestPorts;
  let running: Running;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'osm-discovery-'));
    fake = await startFakeCloud({
      name: 'old',
      region: 'RegionOne',
      release: 'zed',
      networkType: 'vxlan',
      volumeTypes: ['ssd'],
      maxPage: 20,
      without: ['object-store'],
      adminPassword: 'admin-Secret-1',
    });
    const cloudConfigFile = path.join(folder, 'clouds.yaml');
    await writeCloudsYaml(cloudConfigFile, [{ name: 'old', entry: fake.adminCloudsYamlEntry }]);
    const handlers = new Map([network, group, container].map((handler) => [handler.type, handler]));
    open = await openTestPorts({ settings: { cloudConfigFile }, ports: { handlers } });
    running = await boot(open, [DiscoveryModule], { quiet: true });
  });
  afterEach(async () => {
    await running.close();
    await fake.close();
    rmSync(folder, { recursive: true });
  });

  const isCompleted = async (scanId: string): Promise<boolean> =>
    (await open.told(scanSubject(scanId))).some(({ type }) => type === 'ScanCompleted');

  /** Has the cloud scanned and returns the scan's id once it is completed. */
  const scan = async (...types: readonly string[]): Promise<string> => {
    const { scanId } = await running.asker.ask('discovery.scan', { cloud: 'old', types: [...types], ...asked });
    await until('the scan is completed', () => isCompleted(scanId));
    return scanId;
  };
  const finished = async (scanId: string) =>
    (await open.told(scanSubject(scanId))).flatMap((event) => (event.type === 'ScanTypeFinished' ? [event.data] : []));
  const inventoryOf = (type: string): Promise<readonly DomainEvent[]> => open.told(inventoryOfType('old', type));
  const make = async (name: string, more: JsonObject = {}): Promise<string> =>
    network.id(await createOne(await open.ports.openCloud('old'), network, { name, ...more }));
  const eventsOf = (id: string) => open.told(inventorySubject('old', { type: 'network', id }));

  it('records each resource once, and nothing when it is seen again', async () => {
    await make('web');
    await make('db');
    const [first] = await finished(await scan('network'));
    const recorded = await inventoryOf('network');
    expect(first).toMatchObject({ outcome: 'listed', seen: recorded.length, changed: recorded.length, vanished: 0 });
    expect(recorded.map((event) => (event.type === 'ResourceObserved' ? event.data.name : ''))).toEqual(
      expect.arrayContaining(['web', 'db']),
    );
    const [second] = await finished(await scan('network'));
    expect(second).toMatchObject({ outcome: 'listed', seen: recorded.length, changed: 0, vanished: 0 });
    expect(await inventoryOf('network')).toHaveLength(recorded.length);
  });

  it('records what changed, what vanished, and what came back', async () => {
    const cloud = await open.ports.openCloud('old');
    const web = await make('web');
    const db = await make('db');
    await scan('network');
    await updateOne(cloud, network, web, { name: 'www' });
    await deleteOne(cloud, network, db);
    expect(await finished(await scan('network'))).toMatchObject([{ changed: 1, vanished: 1 }]);
    expect(await eventsOf(web)).toMatchObject([{ data: { name: 'web' } }, { data: { name: 'www' } }]);
    expect(await eventsOf(db)).toMatchObject([{ type: 'ResourceObserved' }, { type: 'ResourceVanished' }]);
    expect(await finished(await scan('network'))).toMatchObject([{ changed: 0, vanished: 0 }]);

    // Clouds never give an id again, but a credential may see a resource again.
    const subject = inventorySubject('old', { type: 'network', id: web });
    await open.tell(subject, { type: 'ResourceVanished', data: { scanId: 's', lastFingerprint: 'f' } });
    expect(await finished(await scan('network'))).toMatchObject([{ changed: 1, vanished: 0 }]);
    expect((await eventsOf(web)).at(-1)).toMatchObject({ type: 'ResourceObserved', data: { name: 'www' } });
  });

  it('defect 40: asks no more often for more resources than there are pages', async () => {
    const askedFor = async (): Promise<number> => {
      const after = fake.ledger.next();
      await scan('network');
      return fake.ledger.entries(after).filter(({ path: asking }) => asking.includes('/networks')).length;
    };
    await make('one');
    const few = await askedFor();
    // Two pages of 20.
    await Promise.all(Array.from({ length: 30 }, (_, at) => make(`network-${at}`)));
    expect(await askedFor()).toBeLessThanOrEqual(few + 2);
  });

  it('hides no type behind one that cannot be listed', async () => {
    fake.faults.add({ service: 'network', path: /\/security-groups/, action: { status: 403, body: {} } });
    const scanId = await scan('group', 'network');
    expect(await finished(scanId)).toMatchObject([
      { type: 'group', outcome: 'failed', seen: 0, failure: { remedy: expect.stringMatching(/./) } },
      { type: 'network', outcome: 'listed' },
    ]);
    expect((await open.told(scanSubject(scanId))).at(-1)).toMatchObject({
      type: 'ScanCompleted',
      data: { failedTypes: ['group'] },
    });
    expect(await inventoryOf('network')).not.toEqual([]);
    expect(await inventoryOf('group')).toEqual([]);
  });

  it('takes nothing for vanished where the list broke off', async () => {
    const web = await make('web');
    await scan('network');
    fake.faults.add({ service: 'network', path: /\/networks/, action: { status: 403, body: {} } });
    expect(await finished(await scan('network'))).toMatchObject([{ outcome: 'failed', vanished: 0 }]);
    expect(await eventsOf(web)).toMatchObject([{ type: 'ResourceObserved' }]);
  });

  it('tells a service that the cloud does not have, and a type that nobody knows', async () => {
    expect(await finished(await scan('container', 'unicorn'))).toMatchObject([
      { type: 'container', outcome: 'unsupported' },
      { type: 'unicorn', outcome: 'failed', failure: { code: 'unknown-type' } },
    ]);
  });

  it('records secrets as digests, and names what the handler does not know', async () => {
    const id = await make('web', { description: 'hunter2' });
    await scan('network');
    const [event] = await eventsOf(id);
    expect(JSON.stringify(event)).not.toContain('hunter2');
    expect(event).toMatchObject({
      data: {
        attributes: { description: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) } },
        unknown: expect.arrayContaining(['admin_state_up']),
      },
    });
    expect(event).not.toMatchObject({ data: { unknown: expect.arrayContaining(['mtu']) } });
    await updateOne(await open.ports.openCloud('old'), network, id, { description: 'hunter3' });
    expect(await finished(await scan('network'))).toMatchObject([{ changed: 1 }]);
  });

  it('records the others where one resource cannot be read', async () => {
    const odd = await make('odd');
    const web = await make('web');
    const check = (item: JsonObject): void => {
      if (item['name'] === 'odd') throw new Failure('unreadable-resource', 'it is odd', { remedy: 'None.' });
    };
    const handlers = new Map([['network', { ...network, check }]]);
    const { ports } = open;
    const subject = scanSubject('s1');
    await open.tell(subject, { type: 'ScanRequested', data: { cloud: 'old', types: ['network'], ...asked } });
    await runScan(portsWith(ports, { handlers }), 's1', new AbortController().signal, false);
    expect(await finished('s1')).toMatchObject([{ outcome: 'failed', failure: { message: 'it is odd' } }]);
    expect(await eventsOf(web)).toMatchObject([{ type: 'ResourceObserved' }]);
    expect(await eventsOf(odd)).toEqual([]);
  });

  it('refuses at once what cannot be scanned at all', async () => {
    const request = { cloud: 'atlantis', types: ['network'], ...asked };
    await expect(running.asker.ask('discovery.scan', request)).rejects.toMatchObject({ code: 'unknown-cloud' });
    expect(await open.ports.log.head()).toBe(0);
  });

  describe('after a crash', () => {
    const request = async (scanId: string, ...types: readonly string[]): Promise<void> => {
      const data = { cloud: 'old', types: [...types], ...asked };
      await open.tell(scanSubject(scanId), { type: 'ScanRequested', data });
    };

    it('goes on with the types that have no outcome', async () => {
      await request('s1', 'group', 'network', 'zone');
      await runScan(dyingAt('network'), 's1', new AbortController().signal, false).catch(() => undefined);
      expect((await finished('s1')).map(({ type }) => type)).toEqual(['group']);
      const lists = (): number =>
        fake.ledger.entries(0).filter((entry) => entry.path.includes('security-groups')).length;
      const before = lists();
      await runScan(open.ports, 's1', new AbortController().signal, false);
      expect((await finished('s1')).map(({ type }) => type)).toEqual(['group', 'network', 'zone']);
      expect(lists()).toBe(before);
      expect(await isCompleted('s1')).toBe(true);
      await runScan(open.ports, 's1', new AbortController().signal, false);
      expect(await finished('s1')).toHaveLength(3);
    });

    it('runs a scan whose worker was never told', async () => {
      await running.close();
      const { settings, handlers } = open.ports;
      open = await openTestPorts({ settings, ports: { handlers } });
      await request('s2', 'network');
      running = await boot(open, [DiscoveryModule], { quiet: true });
      await until('the scan is completed', () => isCompleted('s2'));
    });

    /** The process dies when it writes down the outcome of this type. */
    const dyingAt = (type: string): Ports => {
      const { log } = open.ports;
      const append: typeof log.append = async (subject, expected, events) => {
        if (events.some(({ data }) => data['type'] === type)) throw new Error('killed');
        return log.append(subject, expected, events);
      };
      return portsWith(open.ports, { log: { ...log, append } });
    };
  });

  it('keeps no promise to itself when an append fails while the list goes on', async () => {
    for (let at = 0; at < 70; at++) await make(`network-${at}`);
    const { log } = open.ports;
    const append: typeof log.append = async (subject, expected, events) => {
      // Later than the look-up of the next page begins.
      await setImmediate();
      if (subject.includes('.inventory.')) throw new Failure('disk-full', 'the disk is full', { remedy: 'Make room.' });
      return log.append(subject, expected, events);
    };
    await open.tell(scanSubject('s1'), {
      type: 'ScanRequested',
      data: { cloud: 'old', types: ['network'], ...asked },
    });
    await runScan(portsWith(open.ports, { log: { ...log, append } }), 's1', new AbortController().signal, false);
    expect(await finished('s1')).toMatchObject([{ outcome: 'failed', failure: { code: 'disk-full' } }]);
  });

  it('leaves one record of each resource when two scans run at once', async () => {
    for (let at = 0; at < 20; at++) await make(`network-${at}`);
    const [one, other] = await Promise.all([scan('network', 'group'), scan('network', 'group')]);
    const recorded = await inventoryOf('network');
    expect(
      new Set(recorded.map((event) => JSON.stringify(event.type === 'ResourceObserved' && event.data.name))).size,
    ).toBe(recorded.length);
    const counted = [...(await finished(one ?? '')), ...(await finished(other ?? ''))];
    expect(counted.every(({ outcome }) => outcome === 'listed')).toBe(true);
    const changed = counted.filter(({ type }) => type === 'network').reduce((sum, type) => sum + type.changed, 0);
    expect(changed).toBe(recorded.length);
  });
});

const asked = { multitenant: true, by: 'ann' };
