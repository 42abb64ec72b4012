import { inventorySubject, migrationSubject, planSubject } from '@osm/contracts';
import { networkResources } from '@osm/resources/network';
import { createOne } from '@osm/resource';
import { boot, type Running } from '@osm/runtime';
import { startFakeCloud, writeCloudsYaml, type FakeCloud } from '@osm/testing/fake-openstack';
import { openTestPorts, until, type TestPorts } from '@osm/testing/ports';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MigratorModule } from './migrator.module.ts';

const route = { source: 'old', destination: 'new' };
const nowhere = '00000000-0000-4000-8000-000000000000';

const network = networkResources.find(({ type }) => type === 'network');

describe('a migrator', () => {
  let folder: string;
  let clouds: readonly FakeCloud[];
  let open: TestPorts;
  let running: Running;
  let here: string;
  let there: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'osm-migrator-'));
    const both = { region: 'RegionOne', volumeTypes: ['ssd'], adminPassword: 'admin-Secret-1' };
    clouds = [
      await startFakeCloud({ ...both, name: 'old', release: 'zed', networkType: 'vxlan' }),
      await startFakeCloud({ ...both, name: 'new', release: 'epoxy', networkType: 'geneve' }),
    ];
    const entries = clouds.map((cloud) => ({ name: cloud.options.name, entry: cloud.adminCloudsYamlEntry }));
    await writeCloudsYaml(path.join(folder, 'clouds.yaml'), entries);
  });
  afterAll(async () => {
    await Promise.all(clouds.map((cloud) => cloud.close()));
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    open = await openTestPorts({ settings: { cloudConfigFile: path.join(folder, 'clouds.yaml') } });
    running = await boot(open, [MigratorModule.of('network', 'identity')], { quiet: true });
    here = await makeNetwork('old');
    there = await makeNetwork('new');
  });
  afterEach(() => running.close());

  const makeNetwork = async (cloud: string): Promise<string> => {
    if (network === undefined) throw new Error('there is no handler for networks');
    return network.id(await createOne(await open.ports.openCloud(cloud), network, { name: 'web' }));
  };
  const ask = (...args: Parameters<typeof running.asker.ask>) => running.asker.ask(...args);
  const events = (id: string) => open.told(migrationSubject(route, { type: 'network', id }));
  const about = (id: string) => ({ route, ref: { type: 'network', id }, by: 'ann', reason: 'made by hand' });

  it('registers a twin that is there on both sides, once', async () => {
    const position = await open.ports.log.head();
    const answer = await ask('migration.register', { ...about(here), destinationId: there });
    expect(answer).toEqual({ position: position + 1 });
    expect(await ask('migration.register', { ...about(here), destinationId: there })).toEqual(answer);
    expect(await events(here)).toEqual([
      { type: 'ExternalTwinRegistered', data: { destinationId: there, by: 'ann', reason: 'made by hand' } },
    ]);
  });

  it('refuses to register what is not there, on either side', async () => {
    for (const [source, destinationId, cloud] of [
      [nowhere, there, 'old'],
      [here, nowhere, 'new'],
      // Each id belongs to the other cloud.
      [there, here, 'old'],
    ] as const) {
      await expect(ask('migration.register', { ...about(source), destinationId })).rejects.toMatchObject({
        code: 'no-such-resource',
        message: expect.stringContaining(`${cloud} has no such network`),
        http: { status: 404 },
      });
    }
    expect(await open.ports.log.head()).toBe(0);
  });

  it('refuses a second twin, and a type that nobody knows', async () => {
    await ask('migration.register', { ...about(here), destinationId: there });
    const other = await makeNetwork('new');
    await expect(ask('migration.register', { ...about(here), destinationId: other })).rejects.toMatchObject({
      code: 'second-twin',
    });
    const unicorn = { ...about(here), ref: { type: 'unicorn', id: here }, destinationId: there };
    await expect(ask('migration.register', unicorn)).rejects.toMatchObject({ code: 'unknown-type' });
    expect(await events(here)).toHaveLength(1);
  });

  it('takes over a record of the Python tool once, and never over its own work', async () => {
    const record = {
      status: 'completed',
      external: false,
      sourceRemoved: false,
      error: null,
      createdAt: '2024-01-01T00:00:00Z',
      from: 'migrations.db',
    };
    const { route: way, ref } = about(here);
    await ask('migration.import', { ...record, route: way, ref, destinationId: there });
    await ask('migration.import', { ...record, route: way, ref, destinationId: there });
    expect(await events(here)).toMatchObject([{ type: 'MappingImported', data: { destinationId: there } }]);
    const registered = await makeNetwork('old');
    await ask('migration.register', { ...about(registered), destinationId: there });
    await ask('migration.import', { ...record, route: way, ref: about(registered).ref, destinationId: nowhere });
    expect(await events(registered)).toMatchObject([{ type: 'ExternalTwinRegistered' }]);
  });

  it('sets a record aside and recalls it, each once', async () => {
    await ask('migration.register', { ...about(here), destinationId: there });
    await ask('migration.forget', { ...about(here), hard: false });
    await ask('migration.forget', { ...about(here), hard: false });
    const { reason: _, ...recall } = about(here);
    await ask('migration.recall', recall);
    await ask('migration.recall', recall);
    expect((await events(here)).map(({ type }) => type)).toEqual([
      'ExternalTwinRegistered',
      'MigrationForgotten',
      'MigrationRecalled',
    ]);
  });

  it('names the person in what a person caused', async () => {
    await ask('migration.register', { ...about(here), destinationId: there });
    const [event] = await open.ports.log.load(migrationSubject(route, about(here).ref));
    expect(event).toMatchObject({ actor: 'ann', producer: expect.stringMatching(/^openstack-migrate\//) });
  });

  it('runs the steps of its services and of no other', async () => {
    const { type, id } = about(here).ref;
    const cloud = await open.ports.openCloud('old');
    const shown = await cloud.send('network', { method: 'GET', path: `/networks/${here}` });
    const body = shown.body as { readonly network: { readonly project_id: string } };
    await open.tell(inventorySubject('old', { type, id }), {
      type: 'ResourceObserved',
      data: {
        scanId: 's',
        name: 'web',
        projectId: null,
        attributes: { ...body.network },
        fingerprint: 'f',
        needs: [],
        parents: [],
        links: [],
        unknown: [],
      },
    });
    const step = {
      id: `network/${here}/create`,
      ref: { type, id },
      name: null,
      step: 'create',
      needs: [],
      always: false,
    };
    await open.tell(
      planSubject('p1'),
      {
        type: 'PlanRequested',
        data: {
          route,
          roots: [{ type, id }],
          include: { needs: true, members: false },
          intent: 'migrate',
          cleanUp: 'never',
          policy: { multitenant_mode: false },
          asOf: 0,
          by: 'ann',
        },
      },
      { type: 'PlanSectionDrafted', data: { index: 0, steps: [{ ...step, service: 'network' }] } },
    );
    const { queue } = open.ports;
    const command = { planId: 'p1', stepId: step.id, attempt: 1 };
    await queue.enqueue('compute', 'p1/1', command);
    await queue.enqueue('network', 'p1/1', command);
    const last = async () => (await events(here)).at(-1);
    await until('the step has its outcome', async () => /^Step(Succeeded|Failed)$/.test((await last())?.type ?? ''));
    expect(await last()).toMatchObject({ type: 'StepSucceeded', data: { planId: 'p1', stepId: step.id } });
    expect(await queue.enqueue('compute', 'p1/1', command)).toBe('pending');
    await until('the command is done', async () => (await queue.enqueue('network', 'p1/1', command)) === 'queued');
  });
});
