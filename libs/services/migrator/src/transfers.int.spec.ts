import { limitsSubject, migrationSubject } from '@osm/contracts';
import { limits, type Limit } from '@osm/domain';
import { transact, type EventLog } from '@osm/event-log';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import { openJetStreamLog } from '@osm/event-log-jetstream';
import { Failure } from '@osm/kernel';
import { systemClock, systemIds, type Ended, type Moved, type Settings, type Waiting } from '@osm/platform';
import { boot, openPorts, type Running } from '@osm/runtime';
import { natsServerMissing, startNatsServer } from '@osm/testing/nats-server';
import { openTestPorts, testSettings, until, type TestPorts } from '@osm/testing/ports';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MigratorModule } from './migrator.module.ts';
import { dispatchParcel, moveParcel, parcelOf, silentCloud, stepOf, type Carrier } from './parcels.fixture.ts';

const mega = 1_000_000;
const transfers = testSettings().transfers;

/** What another terminal says: it opens the log, appends, and is gone. */
const announce = async (log: EventLog, said: { readonly bandwidth?: Limit; readonly transfers?: Limit }) => {
  const recorder = { log, clock: systemClock, ids: systemIds, provenance: { producer: 'another process' } };
  await transact(recorder, limits, limitsSubject, { type: 'ChangeLimits', ...said, by: 'bob' });
};

describe('a process that moves bytes', { timeout: 60_000 }, () => {
  let directory: string;
  let open: TestPorts;
  let running: Running | undefined;
  const carrier: Carrier = { carry: (_, context) => moveParcel(context) };
  const heard = { moved: [] as Moved[], waiting: [] as Waiting[], ended: [] as Ended[] };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'osm-transfers-'));
    carrier.carry = (_, context) => moveParcel(context);
    for (const reports of Object.values(heard)) reports.length = 0;
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    rmSync(directory, { recursive: true });
  });

  const begin = async (settings: Partial<Settings> = {}): Promise<void> => {
    const parcel = parcelOf(carrier);
    open = await openTestPorts({
      settings: { dataDirectory: directory, ...settings },
      ports: { handlers: new Map([['parcel', parcel]]), openCloud: async (name) => silentCloud(name) },
    });
    open.ports.telemetry.listen({
      moved: (report) => heard.moved.push(report),
      waiting: (report) => heard.waiting.push(report),
      ended: (report) => heard.ended.push(report),
    });
    running = await boot(open, [MigratorModule.of('data-transfer')], { quiet: true, graceMs: 500 });
  };
  const bytesOf = (id: string): number => heard.moved.findLast(({ planId }) => planId === id)?.bytes ?? 0;
  const isDone = async (id: string): Promise<boolean> => {
    const events = await open.told(migrationSubject({ source: 'old', destination: 'new' }, { type: 'parcel', id }));
    return events.some(({ type }) => type === 'StepSucceeded');
  };
  const say = async (said: Parameters<typeof announce>[1]): Promise<void> => {
    const other = await openEmbeddedLog({ directory, beside: true });
    await announce(other.log, said);
    await other.close();
  };
  /** Bytes per second over a while, at most: on a busy machine it is less. */
  const paceOf = async (id: string, milliseconds: number): Promise<number> => {
    const [before, from] = [bytesOf(id), performance.now()];
    await setTimeout(milliseconds);
    return ((bytesOf(id) - before) / (performance.now() - from)) * 1000;
  };

  it('keeps within its bandwidth, and within what another process says while it runs', async () => {
    await begin({ transfers: { ...transfers, bandwidth: 4 * mega } });
    await dispatchParcel(open, { id: 'large', size: 400 * mega });
    await until('bytes move', () => bytesOf('large') > 0);
    expect(await paceOf('large', 1500)).toBeLessThan(6 * mega);
    await say({ bandwidth: mega });
    await setTimeout(1000);
    expect(await paceOf('large', 1500)).toBeLessThan(1.5 * mega);
    expect(bytesOf('large')).toBeLessThan(100 * mega);
    // At any of the two limits the rest would take more than a minute.
    await say({ bandwidth: 'none' });
    await until('all is there', () => isDone('large'));
  });

  it('shares its bandwidth between all that it moves', async () => {
    await begin({ transfers: { ...transfers, bandwidth: 2 * mega } });
    for (const id of ['one', 'two', 'three']) await dispatchParcel(open, { id, size: 400 * mega });
    await until('all move', () => ['one', 'two', 'three'].every((id) => bytesOf(id) > 0));
    const paces = await Promise.all(['one', 'two', 'three'].map((id) => paceOf(id, 2000)));
    expect(paces.reduce((sum, pace) => sum + pace, 0)).toBeLessThan(3 * mega);
  });

  it('obeys from its first byte what was said before it began, unless its command says otherwise', async () => {
    await say({ bandwidth: mega });
    await begin();
    await dispatchParcel(open, { id: 'large', size: 400 * mega });
    await until('bytes move', () => bytesOf('large') > 0);
    expect(await paceOf('large', 1000)).toBeLessThan(2 * mega);
    await running?.close();
    await begin({ transfers: { ...transfers, insisted: true } });
    await dispatchParcel(open, { id: 'another', size: 200 * mega });
    await until('all is there', () => isDone('another'));
    await dispatchParcel(open, { id: 'third', size: 400 * mega });
    // From here on it is no longer the command that counts.
    await say({ bandwidth: 0.5 * mega, transfers: 7 });
    await until('bytes move', () => bytesOf('third') > 0);
  });

  /** Parcels that are carried until the test lets them go. */
  const held = () => {
    const begun: string[] = [];
    const release = new Map<string, () => void>();
    carrier.carry = async (id) => {
      begun.push(id);
      await new Promise<void>((resolve) => release.set(id, resolve));
      return {};
    };
    const drop = async (id: string): Promise<void> => {
      await until(`${id} is carried`, () => release.has(id));
      release.get(id)?.();
    };
    const letGo = async (id: string): Promise<void> => {
      await drop(id);
      await until(`${id} is done`, () => isDone(id));
    };
    return { begun, drop, letGo };
  };
  const waits = (id: string): Waiting | undefined => heard.waiting.findLast(({ planId }) => planId === id);

  it('runs as many transfers with a cloud as it is allowed, the most urgent first, and says what the others wait for', async () => {
    const { begun, letGo } = held();
    await begin({ transfers: { ...transfers, perCloud: 1 } });
    await dispatchParcel(open, { id: 'first', size: 1 });
    await until('the first is carried', () => begun.length === 1);
    await dispatchParcel(open, { id: 'low', size: 1, priority: 'low' });
    await until('low waits', () => waits('low') !== undefined);
    await dispatchParcel(open, { id: 'high', size: 1, priority: 'high' });
    await until('high waits', () => waits('high') !== undefined);
    expect(waits('high')).toMatchObject({
      ...stepOf('high'),
      what: 'a place: 1 transfer with cloud old is running',
      since: expect.any(Date),
    });
    for (const id of ['first', 'high', 'low']) await letGo(id);
    expect(begun).toEqual(['first', 'high', 'low']);
  });

  it('takes more at once when another process allows more', async () => {
    const { begun, letGo } = held();
    await begin({ transfers: { ...transfers, perCloud: 1 } });
    for (const id of ['a', 'b', 'c']) await dispatchParcel(open, { id, size: 1 });
    await until('two of them wait', () => heard.waiting.length >= 2);
    expect(begun).toHaveLength(1);
    await say({ transfers: 'none' });
    await until('all are carried', () => begun.length === 3);
    for (const id of ['a', 'b', 'c']) await letGo(id);
  });

  it('runs as many on one backend as it is allowed, and others meanwhile', async () => {
    const { begun, letGo } = held();
    await begin({ transfers: { ...transfers, perBackend: 1 } });
    await dispatchParcel(open, { id: 'a', size: 1, backend: 'volume type ssd' });
    await until('the first is carried', () => begun.length === 1);
    await dispatchParcel(open, { id: 'b', size: 1, backend: 'volume type ssd' });
    await until('the second waits', () => waits('b')?.what === 'a place: 1 step on volume type ssd of old is running');
    await dispatchParcel(open, { id: 'c', size: 1, backend: 'volume type hdd' });
    await until('the third is carried', () => begun.includes('c'));
    for (const id of ['a', 'b', 'c']) await letGo(id);
  });

  it('says when a step that failed for now is tried again', async () => {
    let tries = 0;
    carrier.carry = async () => {
      if (++tries === 1) throw new Failure('unreachable', 'nobody answers', { disposition: 'retry', remedy: 'Wait.' });
      return {};
    };
    await begin();
    await dispatchParcel(open, { id: 'a', size: 1 });
    await until('it is done', () => isDone('a'));
    expect(heard.ended[0]?.again).toBeInstanceOf(Date);
    await until('its end is told', () => heard.ended.length === 2);
    expect(heard.ended[1]?.again).toBeUndefined();
  });

  it('gives back what waits when it is told to stop', async () => {
    const { begun, drop, letGo } = held();
    await begin({ transfers: { ...transfers, perCloud: 1 } });
    await dispatchParcel(open, { id: 'a', size: 1 });
    await until('the first is carried', () => begun.length === 1);
    await dispatchParcel(open, { id: 'b', size: 1 });
    await until('the second waits', () => waits('b') !== undefined);
    const closed = running?.close();
    await drop('a');
    await closed;
    await begin();
    await until('the second is carried by the next process', () => begun.includes('b'));
    await letGo('b');
  });

  describe.skipIf(natsServerMissing() !== undefined)('with services of its own', () => {
    it('hears a limit through the event log, and is watched from another process', async () => {
      const server = await startNatsServer();
      try {
        await begin({ eventLog: server.url, transfers: { ...transfers, bandwidth: mega } });
        const watcher = await openPorts(testSettings({ eventLog: server.url }));
        const seen: number[] = [];
        const deaf = watcher.ports.telemetry.listen({
          moved: ({ bytes }) => seen.push(bytes),
          waiting: () => undefined,
          ended: () => undefined,
        });
        await dispatchParcel(open, { id: 'large', size: 200 * mega });
        await until('bytes are seen elsewhere', () => seen.length > 1);
        const other = await openJetStreamLog({ servers: server.url, name: 'another process' });
        await announce(other.log, { bandwidth: 'none' });
        await other.close();
        await until('all is there', () => isDone('large'));
        deaf();
        await watcher.close();
        await running?.close();
        running = undefined;
      } finally {
        await server.stop();
      }
    });
  });
});
