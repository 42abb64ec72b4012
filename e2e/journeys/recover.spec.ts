import type { Answers, MappingRow, RequestOf } from '@osm/contracts';
import { migrate, startTopology, type Topology, type TopologyOptions } from '@osm/testing/harness';
import { photograph } from '@osm/testing/tenant';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../apps/cli/src/run.ts';
import { givenTenant, policy, registerAll, type Given } from './given-tenant.ts';

interface Told {
  readonly recorded: boolean;
  readonly types: readonly (Pick<Answers['migration.recover'], 'proven' | 'unproven' | 'absent' | 'known'> & {
    readonly type: string;
  })[];
}

/** Who looks for secrets borrows a role in each project, and takes it back: no other way shows them. */
const isLoan = (place: string): boolean => /\/projects\/\w+\/(tags\/osm-\w+-lent-|users\/\w+\/roles\/)/.test(place);

describe('a log that is lost', { timeout: 600_000 }, () => {
  const closing: (() => Promise<void>)[] = [];
  let given: Given;
  let options: TopologyOptions;
  let before: readonly MappingRow[];
  let told: Told;

  const opened = async <T>(work: (topology: Topology) => Promise<T>): Promise<T> => {
    const topology = await startTopology('embedded', options);
    try {
      return await work(topology);
    } finally {
      await topology.close();
    }
  };

  const recover = async (...argv: readonly string[]): Promise<{ readonly code: number; readonly told: Told }> => {
    const { dataDirectory } = options;
    const said = { out: '', err: '' };
    const all = [
      '--config',
      path.join(dataDirectory, 'config.yaml'),
      'recover',
      '--from-markers',
      '-f',
      'json',
      ...argv,
    ];
    const code = await run(all, {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      ...{ terminal: false, colour: false, columns: 120, env: { HOME: dataDirectory } },
      interrupted: new AbortController().signal,
    });
    if (said.out === '') throw new Error(said.err);
    return { code, told: JSON.parse(said.out) as Told };
  };

  beforeAll(async () => {
    given = await givenTenant('fake');
    closing.push(given.end);
    const { cloudsYaml, route, folder } = given.clouds;
    options = { cloudsYaml, route, dataDirectory: mkdtempSync(path.join(folder, 'first-')), policy };
    before = await opened(async (topology) => {
      await registerAll(topology, given);
      const outcome = await migrate(topology, given.everything);
      expect(outcome.failures).toEqual([]);
      return topology.asker.ask('registry.mappings', { route, atLeast: await topology.log.head() });
    });
    rmSync(options.dataDirectory, { recursive: true });
    options = { ...options, dataDirectory: mkdtempSync(path.join(folder, 'second-')) };
    await opened(async () => undefined);
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  const twinsOf = (rows: readonly MappingRow[]) =>
    new Map(rows.map((row) => [`${row.resource_type}/${row.source_id}`, row.destination_id]));

  it('shows what can be proven, and records nothing', async () => {
    const shown = await recover();
    told = shown.told;
    const rows = await opened(({ asker }) => asker.ask('registry.mappings', { route: given.clouds.route }));
    expect(rows).toEqual([]);
    expect(told.recorded).toBe(false);
  });

  it('proves no pair that is none', () => {
    const twins = twinsOf(before);
    const wrong = told.types.flatMap(({ type, proven }) =>
      proven.filter((one) => {
        const known = twins.get(`${type}/${one.source_id}`);
        return known !== undefined && known !== one.destination_id;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('tells of each original whether its twin is proven, or what may be it', () => {
    const proven = new Set(told.types.flatMap(({ type, proven }) => proven.map((one) => `${type}/${one.source_id}`)));
    const open = told.types.flatMap(({ type, unproven }) => unproven.map((one) => `${type}/${one.source_id}`));
    // What a person has said, under another name, nobody can find again.
    const made = twinsOf(before.filter(({ how }) => how !== 'external'));
    const unsaid = [...made.keys()].filter((key) => !proven.has(key) && !open.includes(key));
    expect(unsaid).toEqual([]);
    const byType = Object.fromEntries(told.types.map((one) => [one.type, one.proven.length] as const));
    // Volumes have neither a key nor an id of ours, and their data cannot be compared by any API.
    expect(told.types.find(({ type }) => type === 'volume')).toMatchObject({ proven: [] });
    for (const type of ['domain', 'project', 'user', 'image', 'flavor', 'network', 'subnet', 'security-group']) {
      expect(byType[type], type).toBeGreaterThan(0);
    }
  });

  it('makes no second twin once it is put right', async () => {
    const ends = [given.clouds.source, given.clouds.destination];
    const photographs = () => Promise.all(ends.map(({ admin }) => photograph(admin, given.prefix)));
    const asBefore = await photographs();
    const recorded = await recover('--yes');
    expect(recorded.code).toBe(3);
    const after = ends.map(({ fake }) => fake?.ledger.next() ?? 0);

    const twins = twinsOf(before);
    const { route } = given.clouds;
    const second = await opened(async (topology) => {
      const known = await topology.asker.ask('registry.mappings', { route });
      for (const row of before.filter((one) => !known.some((other) => sameOriginal(one, other)))) {
        const request: RequestOf<'migration.register'> = {
          ...{ route, ref: { type: row.resource_type, id: row.source_id }, by: 'e2e', reason: 'looked at' },
          destinationId: twins.get(`${row.resource_type}/${row.source_id}`) ?? '',
        };
        await topology.asker.ask('migration.register', request);
      }
      const outcome = await migrate(topology, given.everything);
      expect(await topology.asker.ask('registry.rebuild', {})).toMatchObject({ equal: true });
      return outcome;
    });

    expect(second).toMatchObject({ failed: 0, steps: 0 });
    const written = ends.flatMap(({ fake }, at) => fake?.ledger.writes(after[at]) ?? []);
    expect(written.filter(({ path: place }) => !isLoan(place))).toEqual([]);
    expect(await photographs()).toEqual(asBefore);
  });

  it('has nothing more to record then', async () => {
    const again = await recover('--yes');
    const rows = await opened(({ asker }) => asker.ask('registry.mappings', { route: given.clouds.route }));
    expect(again.told.types.flatMap(({ proven }) => proven)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(before.length);
    expect(rows.filter(({ how }) => how === 'created')).toEqual([]);
  });
});

const sameOriginal = (a: MappingRow, b: MappingRow): boolean =>
  a.resource_type === b.resource_type && a.source_id === b.source_id;
