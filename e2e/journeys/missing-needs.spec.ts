import { draft, scan, startTopology, type Topology } from '@osm/testing/harness';
import { readTenant } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenTenant, policy, type Given } from './given-tenant.ts';

describe('a plan that leaves out what its resources need', () => {
  let given: Given;
  let topology: Topology;

  beforeAll(async () => {
    given = await givenTenant();
    const { cloudsYaml, route, folder } = given.clouds;
    topology = await startTopology('embedded', { cloudsYaml, route, dataDirectory: path.join(folder, 'data'), policy });
  });
  afterAll(async () => {
    await topology.close();
    await given.end();
  });

  it('is refused with every missing one by type, id and name, and nothing is made', async () => {
    const { route } = given.clouds;
    const { everything, projectId, domainId } = given.tenant;
    const named = (type: string, name: string) => {
      const found = everything.find((each) => each.type === type && each.name === name);
      if (found === undefined) throw new Error(`no ${type} ${name} was seeded`);
      return { type, id: found.id };
    };
    const written = given.clouds.destination.fake?.ledger.next();
    await scan(topology, route.source);

    const drafted = await draft(topology, {
      route,
      roots: [named('router', 'edge'), named('subnet', 'front-a'), named('volume', 'root'), named('user', 'alice')],
      include: { needs: false, members: false },
    });

    expect(drafted.digest).toBeUndefined();
    const { findings } = drafted;
    expect(findings.filter(({ severity, code }) => severity !== 'error' || code !== 'missing-need')).toEqual([]);
    const web = named('network', 'front');
    const outside = given.registered.find(({ ref }) => ref.type === 'network')?.ref;
    const volumeType = given.registered.find(({ ref }) => ref.type === 'volume-type')?.ref;
    const auditor = named('role', `${given.prefix}auditor`);
    const needs = [
      outside,
      volumeType,
      web,
      auditor,
      { type: 'project', id: projectId },
      { type: 'domain', id: domainId },
    ];
    const missing = findings.map(({ ref }) => ref);
    for (const need of needs) expect(missing).toContainEqual(need);
    const aboutNetwork = findings.find(({ ref }) => ref?.id === web.id);
    expect(aboutNetwork?.message).toContain(`network front (${web.id})`);
    expect(aboutNetwork?.message).toContain('subnet front-a');
    expect(new Set(missing.map((ref) => `${ref?.type} ${ref?.id}`)).size).toBe(missing.length);
    expect(given.clouds.destination.fake?.ledger.writes(written) ?? []).toEqual([]);
    expect(await readTenant(given.destination, given.prefix)).toEqual([]);
  });
});
