import { boot, type Running } from '@osm/runtime';
import { PolicySchema } from '@osm/resource';
import { localTelemetry, openPlaces, systemClock, systemIds, type Ports, type Settings } from '@osm/platform';
import { Failure } from '@osm/kernel';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorld, network, planned, startedPlan, tell, type World } from './registry.fixture.ts';
import { openRegistry } from './registry.ts';
import { RegistryModule } from './registry.module.ts';

const settingsOf = (dataDirectory: string): Settings => ({
  dataDirectory,
  eventLog: 'embedded:',
  natsCredentials: undefined,
  cloudConfigFile: undefined,
  sourceCloud: undefined,
  destinationCloud: undefined,
  policy: PolicySchema.parse({}),
  slots: 1,
  transfers: { bandwidth: undefined, insisted: false, perCloud: undefined, perBackend: undefined, stallSeconds: 120 },
  settleSeconds: 1,
  leaseSeconds: 60,
  minFreeDiskBytes: 0,
  actor: 'ann',
});

const portsOf = ({ events, directory }: World, dataDirectory = directory): Ports => ({
  settings: settingsOf(dataDirectory),
  log: events.log,
  queue: events.queue,
  clock: systemClock,
  ids: systemIds,
  telemetry: localTelemetry(),
  mover: () => () => {
    throw new TypeError('the registry moves no bytes');
  },
  limitBandwidth: () => undefined,
  places: openPlaces(),
  handlers: new Map(),
  openCloud: async (name) => {
    throw new Failure('unknown-cloud', `cannot open ${name}: the registry asks no cloud`, { remedy: 'None.' });
  },
  producer: 'spec',
  worker: 'spec',
});

describe('a registry of which nothing is to stay', () => {
  it('has its database where it goes with the process, and makes no folder of that name', async () => {
    const world = await openWorld();
    // Others of this machine have theirs where everybody has.
    vi.stubEnv('TMPDIR', world.directory);
    const places = () => readdirSync(tmpdir()).filter((name) => name.startsWith('osm-registry-'));
    const ports = portsOf(world, ':memory:');
    const running = await boot({ ports, close: async () => undefined }, [RegistryModule], { quiet: true });
    await world.migration(network, tell.migrated('t1'));
    const rows = await running.asker.ask('registry.mappings', { atLeast: await world.events.log.head() });
    expect(rows).toMatchObject([{ destination_id: 't1' }]);
    expect(places()).toHaveLength(1);
    expect(existsSync(':memory:')).toBe(false);
    await running.close();
    expect(places()).toEqual([]);
    await world.end();
  });
});

describe('the registry as a service', () => {
  let world: World;
  let running: Running;

  beforeEach(async () => {
    world = await openWorld();
    running = await boot({ ports: portsOf(world), close: async () => undefined }, [RegistryModule], { quiet: true });
  });
  afterEach(async () => {
    await running.close();
    await world.end();
  });

  it('answers every request of its own', async () => {
    const { asker } = running;
    await world.scan('s1', {
      type: 'ScanRequested',
      data: { cloud: 'old', types: ['network'], multitenant: true, by: 'ann' },
    });
    await world.inventory(network, tell.observed('web'));
    await world.plan('p1', ...startedPlan([planned('network/n1/create')]));
    const atLeast = await world.migration(network, tell.started('create'), tell.migrated('t1'), {
      type: 'TwinVerified',
      data: { planId: 'p1', destinationId: 't1', equal: ['name'], others: [] },
    });
    expect(await asker.ask('registry.position', { atLeast })).toEqual({ position: atLeast });
    expect(await asker.ask('registry.mappings', { atLeast })).toMatchObject([{ name: 'web', destination_id: 't1' }]);
    expect(await asker.ask('registry.plan', { planId: 'p1' })).toMatchObject({
      plan: { status: 'running' },
      steps: [{}],
    });
    expect(await asker.ask('registry.plans', {})).toHaveLength(1);
    expect(await asker.ask('registry.scan', { scanId: 's1' })).toMatchObject({ status: 'running' });
    expect(await asker.ask('registry.inventory', { cloud: 'old' })).toMatchObject([{ source_id: 'n1' }]);
    expect(await asker.ask('registry.fidelity', {})).toMatchObject([{ attribute: 'name', verdict: 'equal' }]);
    expect(await asker.ask('registry.rebuild', {})).toMatchObject({ position: atLeast, equal: true });
  });

  it('refuses with what is wrong and what can be done', async () => {
    await expect(running.asker.ask('registry.plan', { planId: 'p9' })).rejects.toMatchObject({
      code: 'no-such-plan',
      remedy: expect.stringMatching(/./),
    });
  });

  it('lets the directory go when it is stopped', async () => {
    await expect(openRegistry(world.options)).rejects.toMatchObject({ code: 'registry-in-use' });
    await running.close();
    await (await openRegistry(world.options)).close();
  });
});
