import type { FidelityRow } from '@osm/contracts';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { bundleOf, openClouds, startProcess, writeConfig, type Clouds } from '@osm/testing/harness';
import { findLeftovers, listed, photographProject } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The project that the lab's `seed medium` fills with a bit of everything: trees of projects, all kinds of ports, servers
 * that boot from images and volumes, load balancers, certificates, zones, shares. It moves by one command.
 */
const seeded = { domain: 'acme', project: 'web' } as const;

const only = async (cloud: Cloud, listing: Parameters<typeof listed>[2], service: Parameters<typeof listed>[1]) => {
  const [found, ...more] = await listed(cloud, service, listing);
  if (found === undefined || more.length > 0) {
    throw new Error(`${cloud.name} has not one of ${listing.path}: fill the source first with: lab seed medium`);
  }
  return found;
};

const idOfProject = async (cloud: Cloud): Promise<string> => {
  const query = { name: seeded.domain };
  const domain = await only(cloud, { path: '/domains', key: 'domains', query }, 'identity');
  const within = { name: seeded.project, domain_id: String(domain['id']) };
  return String((await only(cloud, { path: '/projects', key: 'projects', query: within }, 'identity'))['id']);
};

/** The network that leads out of a cloud, and its subnets in the order of their IP versions. */
const outsideOf = async (cloud: Cloud) => {
  const query = { name: 'public', 'router:external': 'true' };
  const network = await only(cloud, { path: '/networks', key: 'networks', query }, 'network');
  const subnets = await listed(cloud, 'network', {
    path: '/subnets',
    key: 'subnets',
    query: { network_id: String(network['id']) },
  });
  const byVersion = subnets.toSorted((a, b) => Number(a['ip_version']) - Number(b['ip_version']));
  return { network: String(network['id']), subnets: byVersion.map(({ id }) => String(id)) };
};

/** Who has which role where, the migrating user's own roles included. */
const assignmentsOf = async (cloud: Cloud, projectId: string): Promise<readonly string[]> => {
  const { userId } = await cloud.whoAmI();
  const query = { 'user.id': userId, 'scope.project.id': projectId };
  return (await listed(cloud, 'identity', { path: '/role_assignments', key: 'role_assignments', query })).map((each) =>
    JSON.stringify(each),
  );
};

/** What could not be carried over although no handler says so. */
const notDeclared = ({ verdict, reason }: FidelityRow): boolean =>
  verdict === 'unknown' || (verdict === 'lost' && reason?.includes('another value than it was given') === true);

describe('a whole project of a real cloud, by one command', () => {
  let clouds: Clouds;
  let config: string;
  let projectId: string;
  let rolesBefore: readonly string[];

  beforeAll(async () => {
    clouds = await openClouds();
    const { cloudsYaml, route, folder } = clouds;
    config = writeConfig({ cloudsYaml, route, dataDirectory: path.join(folder, 'data'), policy: {} }, 'embedded:');
    projectId = await idOfProject(clouds.source.admin);
    rolesBefore = await assignmentsOf(clouds.source.admin, projectId);
  });
  afterAll(() => clouds.close());

  /** The command that a person types; answers what it wrote. */
  const command = async (...args: readonly string[]) => {
    const run = await startProcess({
      name: args.join(' '),
      args: [bundleOf('cli'), '--config', config, ...args],
      env: {},
    });
    return { code: await run.ended, output: run.output() };
  };
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await command(...args);
    expect(code, output).toBe(0);
    return output;
  };
  const startProject = () =>
    succeed('start', projectId, '--resource-type', 'project', '--include-dependencies', '--include-members');

  it('arrives, exit code 0', async () => {
    const [from, to] = [await outsideOf(clouds.source.admin), await outsideOf(clouds.destination.admin)];
    await succeed('register-external', '--resource-type', 'network', from.network, to.network);
    for (const [at, subnet] of from.subnets.entries()) {
      await succeed('register-external', '--resource-type', 'subnet', subnet, to.subnets[at] ?? '');
    }
    const output = await startProject();
    expect(output).toMatch(/ 0 failed, 0 skipped/);
  });

  it('is told about attribute by attribute, and nothing is lost undeclared', async () => {
    const report: unknown = JSON.parse(await succeed('fidelity', '-f', 'json'));
    const rows = isJsonObject(report) ? (report['attributes'] as unknown as readonly FidelityRow[]) : [];
    expect(new Set(rows.map(({ resource_type }) => resource_type)).size).toBeGreaterThanOrEqual(20);
    expect(rows.filter(notDeclared)).toEqual([]);
  });

  it('leaves nothing temporary and no role behind, on either cloud', async () => {
    const twin = await idOfProject(clouds.destination.admin);
    expect(await assignmentsOf(clouds.source.admin, projectId)).toEqual(rolesBefore);
    expect(await assignmentsOf(clouds.destination.admin, twin)).toEqual([]);
    const leftovers = [clouds.source.admin, clouds.destination.admin].map((cloud) => findLeftovers(cloud));
    expect((await Promise.all(leftovers)).flat()).toEqual([]);
  });

  it('is written to by no second run', async () => {
    const twin = await idOfProject(clouds.destination.admin);
    const photographs = (): Promise<readonly (readonly JsonObject[])[]> =>
      Promise.all([
        photographProject(clouds.source.admin, projectId),
        photographProject(clouds.destination.admin, twin),
      ]);
    const before = await photographs();
    expect(await startProject()).toContain('nothing is to be done');
    expect(await photographs()).toEqual(before);
  });
});
