import { readdirSync } from 'node:fs';
import type { DomainEvent } from '@osm/contracts';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRegistryReader, registryFile } from '@osm/services/registry/reader';
import { rebuildRegistry } from './rebuild.ts';
import { network, openWorld, planned, startedPlan, tell, type World } from './registry.fixture.ts';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.end());

/** The same numbers for the same seed, everywhere (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const stepIds = ['a', 'b', 'c', 'd'].map((id) => `network/${id}/create`);

/** Writes events of all kinds in an order that no service would choose. */
const scramble = async (seed: number, count: number): Promise<number> => {
  const random = randomOf(seed);
  const oneOf = <T>(...choices: readonly [T, ...T[]]): T => choices[random(choices.length)] ?? choices[0];
  const plan = `p${seed}`;
  await world.plan(plan, ...startedPlan(stepIds.map((id) => planned(id))));
  let position = 0;
  for (let at = 0; at < count; at++) {
    const ref = { type: oneOf('network', 'image'), id: `n${random(6)}` };
    const step = oneOf('create', 'transfer', 'tidy', 'remove');
    const stepId = oneOf(...(stepIds as [string, ...string[]]));
    const attempt = 1 + random(3);
    const migration: DomainEvent = oneOf<DomainEvent>(
      tell.started(step, attempt, plan),
      tell.failed(step, `failed ${at}`, attempt, plan),
      tell.identified(`t${at}`, plan),
      tell.discarded(`t${at}`),
      tell.migrated(`t${at}`, plan),
      tell.removed(),
      tell.unneeded(step),
      tell.abandoned(step),
      tell.forgotten(random(3) === 0),
      tell.recalled(),
      { type: 'TwinVerified', data: { planId: plan, destinationId: 't', equal: ['b', 'a'], others: [] } },
    );
    const outcome = oneOf('succeeded', 'failed', 'skipped');
    const planning: DomainEvent = oneOf<DomainEvent>(
      { type: 'StepDispatched', data: { stepId, attempt, service: 'network' } },
      { type: 'StepSettled', data: { stepId, attempt, outcome, because: stepIds[0] } },
      { type: 'StepRetryRequested', data: { stepId, by: 'ann', reason: '' } },
      { type: 'PlanPaused', data: { by: 'ann' } },
    );
    if (random(4) === 0) position = await world.plan(plan, planning);
    else if (random(6) === 0) position = await world.inventory(ref, tell.observed(`name ${at}`, { mtu: at }));
    else position = await world.migration(ref, migration);
  }
  return position;
};

describe('rebuilding', () => {
  it.each([1, 2, 3])('makes the rows that the live database has, whatever happened (%i)', async (seed) => {
    const registry = await world.open();
    const position = await scramble(seed, 300);
    await registry.position(position);
    const rows = await registry.ask((queries) => queries.mappings({ includeArchived: true }));
    const rebuilt = await registry.rebuild();
    expect(rebuilt).toMatchObject({ position, equal: true });
    expect(rebuilt.tables['mapping']).toBe(rows.length);
    expect(rebuilt.tables['plan_step']).toBe(4);
    expect(await registry.ask((queries) => queries.mappings({ includeArchived: true }))).toEqual(rows);
  });

  it('says so when a row was tampered with, and puts it right', async () => {
    const registry = await world.open();
    const position = await world.migration(network, tell.started('create'), tell.migrated('t1'));
    await registry.position(position);
    const db = new Database(registryFile(world.directory));
    db.exec(`UPDATE mapping SET destination_id = 'evil'`);
    db.close();
    expect(await registry.rebuild()).toMatchObject({ equal: false });
    const [row] = await registry.ask((queries) => queries.mappings({}));
    expect(row?.destination_id).toBe('t1');
    expect(world.said.join()).toContain('mapping');
    expect(await registry.rebuild()).toMatchObject({ equal: true });
  });

  it('says so when a row is missing, or there is one too many', async () => {
    const registry = await world.open();
    await registry.position(await world.migration(network, tell.started('create'), tell.migrated('t1')));
    const tamper = (sql: string): void => {
      const db = new Database(registryFile(world.directory));
      db.exec(sql);
      db.close();
    };
    tamper('DELETE FROM mapping');
    expect(await registry.rebuild()).toMatchObject({ equal: false });
    tamper(`INSERT INTO scan VALUES ('s', 'old', 0, 'running', 0, 'ann', '', '')`);
    expect(await registry.rebuild()).toMatchObject({ equal: false });
  });

  it('keeps answering, and misses nothing that happens meanwhile', async () => {
    const registry = await world.open();
    await scramble(7, 200);
    await registry.position(await world.events.log.head());
    const rebuilding = registry.rebuild();
    const asked = Array.from({ length: 50 }, async (_, at) => {
      const position = await world.migration({ type: 'image', id: `late${at}` }, tell.started('create'));
      return registry.ask((queries) => queries.mappings({ sourceId: `late${at}` }), position);
    });
    expect((await Promise.all(asked)).map((rows) => rows.length)).toEqual(asked.map(() => 1));
    expect(await rebuilding).toMatchObject({ equal: true });
    expect(await registry.rebuild()).toMatchObject({ equal: true, position: await world.events.log.head() });
  });

  it('leaves nothing beside the database, and readers go on reading', async () => {
    const registry = await world.open();
    await registry.position(await world.migration(network, tell.started('create')));
    const reader = openRegistryReader(world.directory);
    await registry.rebuild();
    expect(reader.mappings({})).toHaveLength(1);
    reader.close();
    await registry.close();
    expect(readdirSync(world.directory).toSorted()).toEqual(['archive', 'registry-lock.db', 'registry.db']);
  });

  it('works on a directory that nobody has open', async () => {
    await world.migration(network, tell.started('create'));
    expect(await rebuildRegistry(world.options)).toMatchObject({ equal: true, tables: { mapping: 1 } });
  });
});
