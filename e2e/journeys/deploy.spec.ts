import { compareTenants } from '@osm/testing/tenant';
import { bundleOf, startProcess, writeConfig, type ServiceProcess } from '@osm/testing/harness';
import { natsServerMissing } from '@osm/testing/nats-server';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTopology, type Topology } from '../../tools/start-topology.mjs';
import { givenTenant, policy, type Given } from './given-tenant.ts';

const missing = natsServerMissing();
const title = ['a tenant that moves by what docker-compose.yml starts', missing].filter(Boolean).join(': ');

describe.skipIf(missing !== undefined)(title, () => {
  let given: Given;
  let topology: Topology;
  let config: string;

  beforeAll(async () => {
    given = await givenTenant('fake');
    const { cloudsYaml, route, folder } = given.clouds;
    const dataDirectory = path.join(folder, 'person');
    config = writeConfig(
      { cloudsYaml, route, dataDirectory, policy, settings: { settle_seconds: 0.2, lease_seconds: 10 } },
      'embedded:',
    );
    const scale = { 'migrator-network': 4 };
    topology = await startTopology({ folder: path.join(folder, 'compose'), cloudsYaml, config, scale });
  });
  afterAll(async () => {
    await topology?.stop();
    await given?.end();
  });

  /** The command that a person types who has the URL of the event log. */
  const command = (...args: readonly string[]): Promise<ServiceProcess> =>
    startProcess({
      name: args.join(' '),
      args: [bundleOf('cli'), '--config', config, ...args],
      env: { OPENSTACK_MIGRATE_EVENT_LOG: topology.eventLog },
    });
  const succeed = async (...args: readonly string[]): Promise<void> => {
    const run = await command(...args);
    expect(await run.ended, run.output()).toBe(0);
  };

  it('has a process for each service, and four for networks', () => {
    const names = topology.processes.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('migrator-network'))).toHaveLength(4);
    for (const name of ['nats', 'discovery', 'planner', 'registry', 'data-transfer', 'gateway']) {
      expect(names).toContain(name);
    }
  });

  it('loses nothing when one of the four is killed in the middle', async () => {
    for (const { ref, destinationId } of given.registered) {
      await succeed('register-external', '--resource-type', ref.type, ref.id, destinationId);
    }
    const everything = ['--include-dependencies', '--include-members'];
    const run = await command('start', '--resource-type', 'domain', ...everything, given.tenant.domainId);
    const victim = topology.processes.find(({ name }) => name === 'migrator-network-2');
    const network = () => /created\s+network /.test(run.wholeOutput());
    while (!network()) {
      const ended = await Promise.race([run.ended, new Promise((resolve) => setImmediate(resolve, 'runs'))]);
      if (ended !== 'runs') throw new Error(`it ended before a network was made:\n${run.output()}`);
    }
    await victim?.kill();
    expect(await run.ended, run.output()).toBe(0);
    await succeed('start-batch', '--resource-type', 'flavor', '--all', '--include-dependencies');
    await succeed('start-batch', '--resource-type', 'volume-type', '--all', '--include-dependencies');
    expect(await compareTenants(given)).toEqual([]);
  });

  it('serves the page and says that it is ready', async () => {
    expect((await fetch(`${topology.gateway}/readyz`)).status).toBe(200);
    expect(await (await fetch(topology.gateway)).text()).toContain('<title>');
    expect((await fetch(`${topology.gateway}/v1/plans`)).status).toBe(401);
  });
});
