import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MappingRow } from '@osm/contracts';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import { draft, migrate, scan, startTopology, type Topology, type Wanted } from '@osm/testing/harness';
import { listed } from '@osm/testing/tenant';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  exportOf,
  givenShares,
  mounted,
  photographOf,
  rulesOf,
  showShare,
  showType,
  writeOn,
  type GivenShares,
} from './given-share.ts';

const types = ['domain', 'project', 'share-type', 'share'];

/** What a rule says, without what each cloud adds. */
const inShort = (rules: Awaited<ReturnType<typeof rulesOf>>) =>
  rules
    .map(({ access_type, access_to, access_level, metadata, state }) =>
      JSON.stringify([access_type, access_to, access_level, metadata, state]),
    )
    .sort();

/** A rule as it says of itself that it was. */
const asBefore = (rule: JsonObject): JsonObject => {
  const {
    osm_former_level: level,
    osm_withdrawn_by: by,
    ...metadata
  } = isJsonObject(rule['metadata']) ? rule['metadata'] : {};
  return by === undefined ? rule : { ...rule, access_level: level ?? null, metadata };
};

/** What only a stand-in can be made to do; between real clouds these are named as skipped. */
const onFakes = it.skipIf(process.env['OSM_E2E_CLOUDS'] === 'lab');

describe('shares that move', () => {
  let given: GivenShares;
  let topology: Topology;
  let wanted: Wanted;

  beforeAll(async () => {
    given = await givenShares();
    const { clouds, shareId, mountDirectory } = given;
    topology = await startTopology('embedded', {
      ...{ cloudsYaml: clouds.cloudsYaml, route: clouds.route, dataDirectory: path.join(clouds.folder, 'data') },
      policy: { temporary_migration_dir: mountDirectory },
    });
    const include = { needs: true, members: false };
    wanted = { route: clouds.route, roots: [{ type: 'share', id: shareId }], include, types };
  });
  afterAll(async () => {
    await topology?.close();
    await given?.end();
  });

  const mappings = async (): Promise<readonly MappingRow[]> =>
    topology.asker.ask('registry.mappings', { route: given.clouds.route, atLeast: await topology.log.head() });
  const twinOf = async (id: string): Promise<string> => {
    const row = (await mappings()).find(({ source_id }) => source_id === id);
    if (row?.destination_id == null) throw new Error(`${id} has no twin`);
    return row.destination_id;
  };
  /** Nothing of ours is mounted on this host. */
  const nothingIsMounted = (): void => {
    const { mountDirectory, commands } = given;
    expect(existsSync(mountDirectory) ? readdirSync(mountDirectory) : []).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(given.clouds.folder);
    if (given.clouds.kind === 'fake') expect(readdirSync(path.join(commands, 'mounted'))).toEqual([]);
  };

  it('of a protocol that is not copied are refused while they are planned, with what to do', async () => {
    await scan(topology, given.clouds.route.source, types);
    const roots = [{ type: 'share', id: given.windowsId }];
    const drafted = await draft(topology, { ...wanted, roots });
    const found = drafted.findings.find(({ ref }) => ref?.id === given.windowsId);
    expect(found?.severity).toBe('error');
    expect(found?.message).toContain('CIFS');
    expect(drafted.digest).toBeUndefined();
  });

  onFakes(
    'that no server lets in leave nothing behind, and nobody else is let in before the contents are there',
    async () => {
      const before = inShort(await rulesOf(given.clouds.source.admin, given.shareId));
      process.env['OSM_FAKE_CLIENT_IP'] = '192.0.2.1';
      try {
        const first = await migrate(topology, wanted);
        expect(first.failures.map(({ code, stepId }) => [code, stepId.split('/').at(-1)])).toEqual([
          ['machine-refused', 'contents'],
        ]);
        expect(first.failures[0]?.message).toContain('access denied by server');
      } finally {
        delete process.env['OSM_FAKE_CLIENT_IP'];
      }
      expect(await rulesOf(given.clouds.destination.admin, await twinOf(given.shareId))).toEqual([]);
      expect(inShort(await rulesOf(given.clouds.source.admin, given.shareId))).toEqual(before);
      nothingIsMounted();
    },
  );

  it('arrive with contents, rules and type', async () => {
    const { clouds, shareId, typeId, projectId } = given;
    const { source, destination } = clouds;
    const before = inShort(await rulesOf(source.admin, shareId));

    const outcome = await migrate(topology, wanted);

    expect(outcome.failures).toEqual([]);
    const twin = await twinOf(shareId);
    const [one, other] = [await showShare(source.admin, shareId), await showShare(destination.admin, twin)];
    const project = await twinOf(projectId);
    const type = await twinOf(typeId);
    const { name, description, size, share_proto, metadata, share_type_name } = one;
    expect(other).toMatchObject({ name, description, size, share_proto, metadata, share_type_name });
    expect(other['metadata']).toEqual(metadata);
    expect([other['project_id'], other['share_type'], other['status']]).toEqual([project, type, 'available']);

    const [original, copy] = [await showType(source.admin, typeId), await showType(destination.admin, type)];
    expect({ ...copy, id: typeId, access: [projectId] }).toEqual(original);
    expect(copy.access).toEqual([project]);

    expect(inShort(await rulesOf(destination.admin, twin))).toEqual(before);
    expect(inShort(await rulesOf(source.admin, shareId))).toEqual(before);
    nothingIsMounted();

    const photographs = await Promise.all([
      mounted(clouds.folder, await exportOf(source.admin, shareId), photographOf),
      mounted(clouds.folder, await exportOf(destination.admin, twin), photographOf),
    ]);
    expect(Object.keys(photographs[0])).toHaveLength(62);
    expect(photographs[1]).toEqual(photographs[0]);
    expect(photographs[0]['marked']).toContain('user.colour=blue');
  });

  onFakes('are read without a right to write to the original', () => {
    const mounts = readFileSync(path.join(given.commands, 'mounts'), 'utf8').trim().split('\n');
    const kinds = mounts.map((line) => line.split(' ')[0]);
    // The test itself, twice; the copy: the original and the twin, and both again, fresh from their servers, to compare; the
    // test again.
    expect(kinds).toEqual(['rw', 'rw', 'ro', 'rw', 'ro', 'rw', 'rw', 'rw']);
  });

  it('that a client goes on writing to lose it for the last pass, by consent, and arrive as it has left them', async () => {
    const { clouds, busyId } = given;
    const { source, destination, folder } = clouds;
    const before = await rulesOf(source.admin, busyId);
    const stop = new AbortController();
    const writing = writeOn(folder, await exportOf(source.admin, busyId), stop.signal);
    const consented = { ...topology, policy: { ...topology.policy, withdraw_share_access: true } };
    const outcome = await migrate(consented, { ...wanted, roots: [{ type: 'share', id: busyId }] });
    stop.abort();
    const { times, end } = await writing;

    expect(outcome.failures).toEqual([]);
    expect(times).toBeGreaterThan(1);
    expect(end).toMatch(/read-only|EROFS|access denied/i);
    const twin = await twinOf(busyId);
    const photographs = await Promise.all([
      mounted(folder, await exportOf(source.admin, busyId), photographOf, 'ro'),
      mounted(folder, await exportOf(destination.admin, twin), photographOf),
    ]);
    expect(photographs[1]).toEqual(photographs[0]);
    expect(Object.keys(photographs[0])).toContain('log');

    // The original stays as it was copied; the twin's clients have the rights that the original's had.
    const after = await rulesOf(source.admin, busyId);
    expect(after.map(({ access_level, state }) => [access_level, state])).toEqual(before.map(() => ['ro', 'active']));
    expect(inShort(await rulesOf(destination.admin, twin))).toEqual(inShort(before));
    expect(inShort(after.map((rule) => asBefore(rule)))).toEqual(inShort(before));
    nothingIsMounted();
  });

  it('are told about attribute by attribute, the new path included', async () => {
    const { route } = given.clouds;
    const rows = await topology.asker.ask('registry.fidelity', { route, atLeast: await topology.log.head() });
    const own = rows.filter(({ source_id }) => [given.shareId, given.typeId].includes(source_id));
    // The migrating user is no administrator in the tenant's project, and only such may show a share to everybody.
    const lost = own.filter(({ verdict }) => verdict === 'unknown' || verdict === 'lost');
    expect(lost.map(({ attribute }) => attribute)).toEqual(['is_public']);
    const paths = own.find(({ attribute }) => attribute === 'export_locations');
    expect(paths).toMatchObject({ verdict: 'mapped', reason: expect.stringContaining('mount the new one') });
    const { source, destination } = given.clouds;
    expect(JSON.stringify(paths)).toContain(await exportOf(source.admin, given.shareId));
    expect(JSON.stringify(paths)).toContain(await exportOf(destination.admin, await twinOf(given.shareId)));
  });

  it('leave no role on loan', async () => {
    const { destination } = given.clouds;
    const { userId } = await destination.admin.whoAmI();
    const query = { 'scope.project.id': await twinOf(given.projectId), 'user.id': userId };
    const left = await listed(destination.admin, 'identity', {
      ...{ path: '/role_assignments', key: 'role_assignments', query },
    });
    expect(left).toEqual([]);
  });

  it('are written to by no second run', async () => {
    const ends = [given.clouds.source, given.clouds.destination];
    const after = ends.map(({ fake }) => fake?.ledger.next() ?? 0);
    expect(await migrate(topology, wanted)).toMatchObject({ steps: 0, failed: 0 });
    expect(ends.flatMap(({ fake }, at) => fake?.ledger.writes(after[at]) ?? [])).toEqual([]);
  });
});
