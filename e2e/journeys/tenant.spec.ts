import type { FidelityRow, MappingRow } from '@osm/contracts';
import { migrate, startTopology, type Topology, type TopologyKind } from '@osm/testing/harness';
import { natsServerMissing } from '@osm/testing/nats-server';
import {
  compareTenants,
  differences,
  listed,
  photograph,
  readTenant,
  seedBystander,
  type Bystander,
  withTypeOf,
} from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenTenant, policy, registerAll, type Given } from './given-tenant.ts';

/** Between real clouds, which are slow, one is enough unless OSM_E2E_TOPOLOGIES asks for more. */
const kinds = (): readonly TopologyKind[] => {
  const asked = process.env['OSM_E2E_TOPOLOGIES'] ?? (process.env['OSM_E2E_CLOUDS'] === 'lab' ? 'embedded' : undefined);
  return (['embedded', 'nats'] as const).filter((kind) => asked === undefined || asked.includes(kind));
};

/** Only what we made may have its original removed. */
const isOurs = ({ how }: MappingRow): boolean => how === 'created' || how === 'adopted';

/** What could not be carried over although no handler says so. */
const notDeclared = ({ verdict, reason }: FidelityRow): boolean =>
  verdict === 'unknown' || (verdict === 'lost' && reason?.includes('another value than it was given') === true);

/** Who looks for secrets borrows a role in each project, and takes it back: no other way shows them. */
const isLoan = (place: string): boolean => /\/projects\/\w+\/(tags\/osm-\w+-lent-|users\/\w+\/roles\/)/.test(place);

describe.each(kinds())('a tenant that moves, %s', (kind) => {
  const missing = kind === 'nats' ? natsServerMissing() : undefined;
  const test = missing === undefined ? it : it.skip;
  const closing: (() => Promise<void>)[] = [];
  let given: Given;
  let topology: Topology;
  let bystander: Bystander;
  let untouched: unknown;

  beforeAll(async () => {
    if (missing !== undefined) return;
    given = await givenTenant();
    closing.push(given.end);
    const { clouds } = given;
    bystander = await seedBystander(clouds.source.admin, given.prefix);
    closing.push(bystander.remove);
    untouched = await bystander.look();
    const dataDirectory = path.join(clouds.folder, 'data');
    topology = await startTopology(kind, { cloudsYaml: clouds.cloudsYaml, route: clouds.route, dataDirectory, policy });
    closing.push(topology.close);
    await registerAll(topology, given);
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test('arrives whole', async () => {
    const first = await migrate(topology, given.everything);
    expect(first.failures).toEqual([]);
    expect(first).toMatchObject({ failed: 0, skipped: 0 });
    expect(first.resources).toBeGreaterThanOrEqual(60);
    expect(await compareTenants(given)).toEqual([]);
  });

  test('is told about attribute by attribute, and nothing is lost unsaid', async () => {
    const { route } = given.everything;
    const rows = await topology.asker.ask('registry.fidelity', { route, atLeast: await topology.log.head() });
    expect(
      new Set(rows.map(({ resource_type, source_id }) => `${resource_type}/${source_id}`)).size,
    ).toBeGreaterThanOrEqual(60);
    expect(rows.filter(notDeclared)).toEqual([]);
  });

  test('is written to by no second run', async () => {
    const ends = [given.clouds.source, given.clouds.destination];
    const photographs = () => Promise.all(ends.map(({ admin }) => photograph(admin, given.prefix)));
    const asBefore = await photographs();
    const after = ends.map(({ fake }) => fake?.ledger.next() ?? 0);

    const second = await migrate(topology, given.everything);

    expect(second).toMatchObject({ steps: 0, failed: 0 });
    const written = ends.flatMap(({ fake }, at) => fake?.ledger.writes(after[at]) ?? []);
    expect(written.filter(({ path: place }) => !isLoan(place))).toEqual([]);
    expect(await photographs()).toEqual(asBefore);
  });

  test('has a registry that the log alone can make again', async () => {
    expect(await topology.asker.ask('registry.rebuild', {})).toMatchObject({ equal: true });
  });

  test('leaves nothing at the source when the originals are removed, and others untouched', async () => {
    const { route } = given.everything;
    const quick = { hashVolume: async () => 'compared before' };
    const before = await readTenant({ ...given.source, ...quick }, given.prefix);
    const mappings = async () => topology.asker.ask('registry.mappings', { route, atLeast: await topology.log.head() });
    const roots = (await mappings()).filter(isOurs).map((row) => ({ type: row.resource_type, id: row.source_id }));

    const removal = await migrate(topology, {
      route,
      roots,
      include: { needs: false, members: false },
      intent: 'remove',
    });

    expect(removal.failures).toEqual([]);
    expect(await readTenant({ ...given.source, ...quick }, given.prefix)).toEqual([]);
    expect(await bystander.look()).toEqual(untouched);
    const kept = (await mappings()).filter((row) => !isOurs(row));
    expect(kept.map(({ name }) => name)).toEqual(expect.arrayContaining(['public', 'member', 'reader']));
    expect(kept.filter((row) => row.source_removed && row.name !== 'default')).toEqual([]);
    const roles = await listed(given.clouds.source.admin, 'identity', { path: '/roles', key: 'roles' });
    expect(roles.map(({ name }) => name)).toEqual(expect.arrayContaining(['admin', 'member', 'reader']));
    const twins = await readTenant({ ...given.destination, ...quick }, given.prefix);
    const originals = before.map((thing) => withTypeOf(thing, given.volumeTypes));
    expect(differences(originals, twins)).toEqual([]);
    expect(await topology.asker.ask('registry.rebuild', {})).toMatchObject({ equal: true });
  });
});
