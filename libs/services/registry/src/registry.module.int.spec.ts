import { boot, type Running } from '@osm/runtime';
import { PolicySchema } from '@osm/resource';
import { localTelemetry, openPlaces, systemClock, systemIds, type Ports, type Settings } from '@osm/platform';
import { Failure } from '@osm/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

const portsOf = ({ events, directory }: World): Ports => ({
  settings: settingsOf(directory),
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
