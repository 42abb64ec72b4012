import { decodeEvent, everyMigration, type Answers, type DomainEvent, type PlanRow } from '@osm/contracts';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import type { Cloud } from '@osm/resource';
import { openRegistryReader } from '@osm/services/registry/reader';
import { bundleOf, startProcess, writeConfig, type ServiceProcess } from '@osm/testing/harness';
import { compareTenants, findLeftovers, listed, photograph, readTenant } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenTenant, policy, type Given } from './given-tenant.ts';
import { leftByCancelled } from './left-by-cancelled.ts';

describe('a tenant whose move is cancelled, done again, and rolled back', () => {
  const closing: (() => Promise<void>)[] = [];
  let given: Given;
  let config: string;
  let dataDirectory: string;
  let sourceBefore: readonly unknown[];
  let grantsBefore: readonly string[];

  beforeAll(async () => {
    given = await givenTenant('fake');
    closing.push(given.end);
    const { cloudsYaml, route, folder, destination } = given.clouds;
    dataDirectory = path.join(folder, 'data');
    config = writeConfig({ cloudsYaml, route, dataDirectory, policy, settings: { settle_seconds: 0.5 } }, 'embedded:');
    for (const { ref, destinationId } of given.registered) {
      await succeed('register-external', '--resource-type', ref.type, ref.id, destinationId);
    }
    sourceBefore = await sourceNow();
    grantsBefore = await grants(destination.admin);
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  /** The command that a person types. */
  const command = (...args: readonly string[]): Promise<ServiceProcess> =>
    startProcess({ name: args.join(' '), args: [bundleOf('cli'), '--config', config, ...args], env: {} });

  const ended = async (run: ServiceProcess, wanted: number): Promise<string> => {
    expect(await run.ended, run.output()).toBe(wanted);
    return run.output();
  };

  const succeed = async (...args: readonly string[]): Promise<string> => ended(await command(...args), 0);

  const startTenant = (...more: readonly string[]) =>
    command(
      ...['start', '--resource-type', 'domain', '--include-dependencies', '--include-members'],
      given.tenant.domainId,
      ...more,
    );

  /** The source but for the times at which Cinder has read a volume: it takes that for a change. */
  const sourceNow = async (): Promise<readonly unknown[]> =>
    JSON.parse(
      JSON.stringify(await photograph(given.clouds.source.admin, given.prefix), (key, value: unknown) =>
        key === 'updated_at' ? undefined : value,
      ),
    ) as readonly unknown[];

  const stepsOf = (planId: string): Answers['registry.plan']['steps'] => {
    const reader = openRegistryReader(dataDirectory);
    try {
      return reader.plan(planId).steps;
    } finally {
      reader.close();
    }
  };

  const plans = async (): Promise<readonly PlanRow[]> =>
    JSON.parse(await succeed('plans', '--format', 'json')) as readonly PlanRow[];

  it('is left clean by a cancellation, in the middle of a transfer', async () => {
    const run = await startTenant('--bandwidth-limit', '20KB/s');
    const transfer = await heard(
      dataDirectory,
      (event) => event.type === 'StepStarted' && /^(transfer|upload|copy)/.test(event.data.step),
    );
    const planId = 'planId' in transfer.data ? transfer.data.planId : '';
    const asked = Date.now();
    const cancelled = await succeed('cancel', planId.slice(0, 13), '--reason', 'another night');
    expect(Date.now() - asked).toBeLessThan(30_000);
    expect(cancelled).toContain(`plan ${planId} is cancelled`);
    const told = await ended(run, 3);
    expect(told).toContain('(another night)');
    expect(told).toContain(`openstack-migrate rollback ${planId}`);

    expect((await plans()).find((plan) => plan.plan_id === planId)).toMatchObject({ status: 'cancelled' });
    const { source, destination } = given.clouds;
    const left = await leftByCancelled(destination.admin, given.clouds.route, { steps: stepsOf(planId) });
    expect([...(await findLeftovers(source.admin)), ...left]).toEqual([]);
    expect(await grants(destination.admin)).toEqual(grantsBefore);
    expect(await sourceNow()).toEqual(sourceBefore);
    await succeed('cancel', planId);
    await ended(await command('resume', planId), 1);
  });

  it('then arrives whole and once', async () => {
    await ended(await startTenant(), 0);
    await succeed('start-batch', '--resource-type', 'flavor', '--all', '--include-dependencies');
    await succeed('start-batch', '--resource-type', 'volume-type', '--all', '--include-dependencies');
    expect(await compareTenants(given)).toEqual([]);
  });

  it('and goes again, plan by plan, but for what a person has taken into use', async () => {
    const { source, destination } = given.clouds;
    const made = (await plans()).filter(({ intent, steps }) => intent === 'migrate' && steps > 0);
    const arrived = await readTenant(given.destination, given.prefix);
    for (const { plan_id } of made) {
      const shown = await succeed('rollback', plan_id);
      expect(shown).toMatch(/nothing was deleted; do it|nothing to roll back/);
    }
    expect(await readTenant(given.destination, given.prefix)).toEqual(arrived);
    for (const { plan_id } of made) await succeed('rollback', plan_id, '--yes');

    expect(await readTenant(given.destination, given.prefix)).toEqual([]);
    expect(await grants(destination.admin)).toEqual(grantsBefore);
    expect(await sourceNow()).toEqual(sourceBefore);
    expect([...(await findLeftovers(source.admin)), ...(await findLeftovers(destination.admin))]).toEqual([]);
    await succeed('registry', 'rebuild');
  });
});

/** Waits until the log has an event of a migration that fits. */
const heard = async (directory: string, fits: (event: DomainEvent) => boolean): Promise<DomainEvent> => {
  const over = new AbortController();
  const { log, close } = await openEmbeddedLog({ directory, readOnly: true });
  try {
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(120_000)]);
    for await (const batch of log.tail({ filter: everyMigration, signal })) {
      const found = batch.map(decodeEvent).find(fits);
      if (found !== undefined) return found;
    }
    throw new Error('no such event came');
  } finally {
    over.abort();
    await close();
  }
};

/** What roles the one who migrates has: others have theirs because users were migrated with them. */
const grants = async (cloud: Cloud): Promise<readonly string[]> => {
  const { userId } = await cloud.whoAmI();
  const query = { 'user.id': userId };
  const all = await listed(cloud, 'identity', { path: '/role_assignments', key: 'role_assignments', query });
  return all.map((item) => JSON.stringify(item)).sort();
};
