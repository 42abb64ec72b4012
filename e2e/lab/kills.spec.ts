import { decodeEvent, everyMigration, everyScan, type MappingRow } from '@osm/contracts';
import { isJsonObject } from '@osm/kernel';
import { bundleOf, draft, followLog, run, scan, startProcess, type Heard, type Outcome } from '@osm/testing/harness';
import { compareTenants, findLeftovers, photograph } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenTenant, policy, registerAll, type Given } from '../journeys/given-tenant.ts';
import { startServices, type Services } from './start-services.ts';

/** Those that have work with this tenant: each dies when it has begun its first step. */
const workers = ['identity', 'network', 'image', 'block-storage', 'compute', 'data-transfer'] as const;
/** The others die one after the other, the server of the log among them, after so many events of the migration. */
const others = [
  ...['planner', 'registry', 'nats-server', 'planner', 'discovery', 'migrator-dns', 'migrator-key-manager'],
  ...['migrator-load-balancer', 'migrator-shared-file-system', 'migrator-object-store', 'registry', 'nats-server'],
] as const;
const between = 12;

const appOf = (service: string): string => (service === 'data-transfer' ? service : `migrator-${service}`);
const apps = [...new Set([...workers.map(appOf), ...others])].filter((app) => app !== 'nats-server');

/** Kills whoever is due, and starts it again; many may be dead at the same time. */
const openKillers = (services: Services) => {
  const killed: string[] = [];
  const starting: Promise<void>[] = [];
  const waiting = new Set<string>(workers);
  const queue = [...others];
  let events = 0;
  const restartNats = async (): Promise<void> => {
    await services.nats.kill();
    await services.nats.start();
  };
  const kill = (app: string): void => {
    killed.push(app);
    const restarted = app === 'nats-server' ? restartNats() : services.killAndStart(app);
    // What went wrong is told when all of them are waited for.
    restarted.catch(() => undefined);
    starting.push(restarted);
  };
  return {
    killed,
    kill,
    hear: ({ event }: Heard): void => {
      events += 1;
      if (event.type === 'StepStarted') {
        const [service = ''] = event.data.worker.split('@');
        if (waiting.delete(service)) kill(appOf(service));
      }
      if (events % between !== 0) return;
      const next = queue.shift();
      if (next !== undefined) kill(next);
    },
    restarted: async (): Promise<void> => {
      for (const each of await Promise.allSettled(starting)) if (each.status === 'rejected') throw each.reason;
    },
  };
};

/** The source as it is. To copy a volume, and to compare it, changes its status for a while, and so `updated_at` for good. */
const pictureOf = async ({ clouds, prefix }: Given): Promise<readonly unknown[]> => {
  const text = JSON.stringify(await photograph(clouds.source.admin, prefix));
  return JSON.parse(text, (key, value: unknown) => (key === 'updated_at' ? undefined : value)) as readonly unknown[];
};

/**
 * What `openstack-migrate orphans` finds in both clouds. Images that others have migrated before are told by their originals,
 * which a scan has to have seen: what is there between the scan and the plan is no work of ours.
 */
const orphansBy = async ({ config }: Services): Promise<readonly string[]> => {
  const args = [bundleOf('cli'), '--config', config, 'orphans', '--format', 'json'];
  const run = await startProcess({ name: 'orphans', args, env: {} });
  const code = await run.ended;
  const report: unknown = JSON.parse(run.output());
  const found = isJsonObject(report) ? report['orphans'] : undefined;
  if (!isJsonObject(report) || !Array.isArray(found)) throw new TypeError(`no report: ${run.output()}`);
  expect(report['unlisted']).toEqual([]);
  // 3: it found something.
  expect(code).toBe(found.length === 0 ? 0 : 3);
  return found.map((row) => JSON.stringify(row)).toSorted();
};

const isOurs = ({ how }: MappingRow): boolean => how === 'created' || how === 'adopted';

describe('a project that moves while every service is killed in turn', () => {
  const closing: (() => Promise<void>)[] = [];
  let given: Given;
  let services: Services;
  let before: readonly unknown[];
  let strangers: readonly string[];
  let killers: ReturnType<typeof openKillers>;

  beforeAll(async () => {
    given = await givenTenant();
    closing.push(given.end);
    const { clouds } = given;
    before = await pictureOf(given);
    const options = { cloudsYaml: clouds.cloudsYaml, route: clouds.route, policy, settings: { lease_seconds: 10 } };
    services = await startServices(apps, { ...options, dataDirectory: path.join(clouds.folder, 'data') });
    closing.push(services.close);
    killers = openKillers(services);
    await registerAll({ ...services, kind: 'nats', processes: [], close: services.close }, given);
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('is found by discovery, which dies meanwhile', async () => {
    const dying = async (): Promise<void> => {
      const isListed = ({ event }: Heard): boolean => event.type === 'ScanTypeFinished';
      await followLog(services.log, isListed, { filter: everyScan, withinMs: 120_000, what: 'the first type' });
      killers.kill('discovery');
    };
    await Promise.all([scan(services, given.everything.route.source), dying()]);
    await killers.restarted();
    strangers = await orphansBy(services);
  }, 600_000);

  it('arrives whole and once', async () => {
    const drafted = await draft(services, given.everything);
    const over = new AbortController();
    const hearing = (async (): Promise<void> => {
      const after = await services.log.head();
      for await (const batch of services.log.tail({ filter: everyMigration, after, signal: over.signal })) {
        for (const recorded of batch) killers.hear({ recorded, event: decodeEvent(recorded) });
      }
    })();
    const running = run(services, drafted).finally(() => over.abort());
    const [outcome]: readonly [Outcome, void] = await Promise.all([running, hearing]);
    await killers.restarted();
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });
    expect(new Set(killers.killed)).toEqual(new Set([...apps, 'nats-server']));
    console.log(`${killers.killed.length} kills, ${outcome.resources} resources, ${outcome.succeeded} steps succeeded`);
    expect(await compareTenants(given)).toEqual([]);
  }, 1_800_000);

  it('has no twin twice, and a registry that the log alone can make again', async () => {
    const { route } = given.everything;
    const rows = await services.asker.ask('registry.mappings', { route, atLeast: await services.log.head() });
    const twins = rows.filter(isOurs).map((row) => `${row.resource_type} ${row.destination_id}`);
    expect(twins).toHaveLength(new Set(twins).size);
    expect(await services.asker.ask('registry.rebuild', {})).toMatchObject({ equal: true });
  });

  it('leaves nothing behind, and the source as it was', async () => {
    const { source, destination } = given.clouds;
    expect(await pictureOf(given)).toEqual(before);
    const found = await Promise.all([findLeftovers(source.admin), findLeftovers(destination.admin)]);
    expect(found.flat()).toEqual([]);
    expect(await orphansBy(services)).toEqual(strangers);
  });
});
