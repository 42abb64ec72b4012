import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { archiveDirectory } from '@osm/event-archive';
import type { EventLog } from '@osm/event-log';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryFile } from '@osm/services/registry/reader';
import { openStore } from './open-store.ts';
import { network, openWorld, planned, startedPlan, tell, type World } from './registry.fixture.ts';
import { openRegistry } from './registry.ts';

const steps = ['a', 'b', 'c'].map((id) => planned(`network/${id}/create`));

let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.end());

const migrate = () => world.migration(network, tell.started('create'), tell.migrated('t1'));

describe('the tables', () => {
  it('are exactly what the entities declare', async () => {
    const store = await openStore(path.join(world.directory, 'tables.db'));
    try {
      expect(await store.orm.schema.getUpdateSchemaSQL({ wrap: false, safe: false })).toBe('');
      expect(await store.orm.migrator.getPending()).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it('are written ahead, so that readers do not wait for the writer', async () => {
    const store = await openStore(path.join(world.directory, 'tables.db'));
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal');
    await store.close();
  });
});

describe('the registry', () => {
  it('answers from everything that was in the log when it was opened', async () => {
    await migrate();
    const registry = await world.open();
    expect(await registry.ask((queries) => queries.mappings({}))).toHaveLength(1);
  });

  it('waits for the position that an answer must have seen', async () => {
    const registry = await world.open();
    const head = await world.events.log.head();
    const early = registry.position(head + 2);
    const first = await world.migration(network, tell.started('create'));
    expect(await registry.position(first)).toBe(first);
    expect(await Promise.race([early, wait(50, 'still waiting')])).toBe('still waiting');
    await world.migration(network, tell.identified('t1'));
    expect(await early).toBe(head + 2);
  });

  it('lets those who wait go when it is closed', async () => {
    const registry = await world.open();
    const waiting = registry.position(1000);
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'registry-closed' }), registry.close()]);
  });

  it('refuses a second one on the same directory, and none after it has ended', async () => {
    const registry = await world.open();
    await expect(openRegistry(world.options)).rejects.toMatchObject({ code: 'registry-in-use' });
    await registry.close();
    await (await openRegistry(world.options)).close();
  });

  it('passes over an event type that it does not know, and says so once', async () => {
    const registry = await world.open();
    const stranger = { type: 'TwinPraised', version: 1, at: '2026-01-01T00:00:00Z', data: {}, producer: 'later' };
    await world.appendRaw('osm.evt.plan.p1', stranger);
    await world.appendRaw('osm.evt.plan.p1', stranger);
    const rows = await registry.ask((queries) => queries.mappings({}), await migrate());
    expect(rows).toHaveLength(1);
    expect(world.said.filter((line) => line.includes('TwinPraised'))).toHaveLength(1);
  });

  it('counts nothing twice when it dies between two batches, or hears a batch twice', async () => {
    const events = startedPlan(steps);
    const position = await world.plan('p1', ...events, ...steps.map(({ id }) => settled(id)));
    const cut = position - 2;
    const first = await openRegistry({ ...world.options, log: upTo(world.events.log, cut) });
    await first.position(cut);
    await first.close();
    const second = await openRegistry({ ...world.options, log: repeating(world.events.log) });
    const { plan } = await second.ask((queries) => queries.plan('p1'), position);
    await second.close();
    expect(plan).toMatchObject({ succeeded: 3, steps: 3 });
  });

  it('writes a batch as a whole or not at all', async () => {
    const first = await world.migration(network, tell.started('create'));
    const before = await openRegistry(world.options);
    await before.position(first);
    await before.close();
    await world.migration(network, tell.identified('t1'), tell.migrated('t1'));
    const newer = { type: 'StepStarted', version: 99, at: '2026-01-01T00:00:00Z', data: {}, producer: 'later' };
    await world.appendRaw('osm.evt.migration.old--new.network.n2', newer);
    const registry = await openRegistry(world.options);
    await expect.poll(() => world.said.join()).toContain('cannot read StepStarted of version 99');
    expect(await registry.position()).toBe(first);
    await registry.close();
  });

  it('takes the batch again that could not be written', async () => {
    const { log } = world.events;
    let broken = true;
    const flaky: EventLog = {
      ...log,
      tail: async function* (options) {
        for await (const batch of log.tail(options)) {
          yield batch;
          if (broken) {
            broken = false;
            throw new Error('the connection is lost');
          }
        }
      },
    };
    const registry = await openRegistry({ ...world.options, log: flaky });
    await migrate();
    const at = await world.migration({ type: 'image', id: 'i1' }, tell.started('create'));
    expect(await registry.ask((queries) => queries.mappings({}), at)).toHaveLength(2);
    await registry.close();
    expect(world.said.join()).toContain('the connection is lost');
  });
});

const settled = (stepId: string) =>
  ({ type: 'StepSettled', data: { stepId, attempt: 1, outcome: 'succeeded' } }) as const;

/** The log as it was when it ended at this position. */
const upTo = (log: EventLog, last: number): EventLog => ({
  ...log,
  head: async () => last,
  tail: async function* (options) {
    for await (const batch of log.tail(options)) yield batch.filter(({ position }) => position <= last);
  },
});

/** A log whose tail begins again from the first event, and says every batch twice. */
const repeating = (log: EventLog): EventLog => ({
  ...log,
  tail: async function* ({ signal }) {
    for await (const batch of log.tail({ signal })) {
      yield batch;
      yield batch;
    }
  },
});

describe('a database that cannot be gone on with', () => {
  const fresh = async () => {
    const registry = await world.open();
    const rows = await registry.ask((queries) => queries.mappings({}));
    await registry.close();
    return rows.map(({ source_id }) => source_id);
  };

  beforeEach(async () => {
    await migrate();
    expect(await fresh()).toEqual(['n1']);
  });

  it('is made anew when it is gone', async () => {
    rmSync(registryFile(world.directory));
    expect(await fresh()).toEqual(['n1']);
    expect(world.said.join()).toMatch(/making .* from the event log/);
  });

  it('is set aside when it is no database at all', async () => {
    writeFileSync(registryFile(world.directory), 'this is not a database, however long it may be '.repeat(200));
    expect(await fresh()).toEqual(['n1']);
    expect(world.said.join()).toMatch(/is damaged \(.*\): it is kept as/);
    expect(readdirSync(world.directory).filter((name) => name.includes('damaged'))).toHaveLength(1);
  });

  it('is set aside when some of its pages are damaged', async () => {
    const file = registryFile(world.directory);
    const db = new Database(file);
    const page = Number(db.pragma('page_size', { simple: true }));
    const pages = Number(db.pragma('page_count', { simple: true }));
    db.close();
    const handle = await open(file, 'r+');
    for (let at = 2; at < pages; at += 2) await handle.write(Buffer.alloc(page, 0x5a), 0, page, at * page);
    await handle.close();
    expect(await fresh()).toEqual(['n1']);
    expect(world.said.join()).toContain('is damaged');
  });

  it('is made anew when it turns out damaged while it is in use', async () => {
    const { log } = world.events;
    let sound = true;
    const damaging: EventLog = {
      ...log,
      tail: async function* (options) {
        if (sound) {
          sound = false;
          writeFileSync(registryFile(world.directory), Buffer.alloc(8192, 0x5a));
          throw new Database.SqliteError('database disk image is malformed', 'SQLITE_CORRUPT');
        }
        yield* log.tail(options);
      },
    };
    const registry = await openRegistry({ ...world.options, log: damaging });
    const at = await world.migration({ type: 'image', id: 'i1' }, tell.started('create'));
    expect(await registry.ask((queries) => queries.mappings({}), at)).toHaveLength(2);
    await registry.close();
    expect(world.said.join()).toContain('is damaged');
  });

  it('is given up when it is of another log, which is refused as long as the copy of the one before is there', async () => {
    const other = await openWorld();
    await other.migration({ type: 'image', id: 'i1' }, tell.started('create'), tell.migrated('t1'));
    while ((await other.events.log.head()) < (await world.events.log.head()))
      await other.append('osm.evt.scan.s9', tell.started('create'));
    const opening = openRegistry({ ...world.options, log: other.events.log });
    await expect(opening).rejects.toMatchObject({
      code: 'event-log-tampered',
      message: expect.stringContaining('it is another log'),
    });
    rmSync(archiveDirectory(world.directory), { recursive: true });
    const registry = await openRegistry({ ...world.options, log: other.events.log });
    const rows = await registry.ask((queries) => queries.mappings({}));
    await registry.close();
    await other.end();
    expect(rows.map(({ source_id }) => source_id)).toEqual(['i1']);
    expect(world.said.join()).toContain('is of another event log');
  });

  it('is given up when other rules have made it', async () => {
    const db = new Database(registryFile(world.directory));
    db.exec('UPDATE checkpoint SET rules = 0; DELETE FROM mapping');
    db.close();
    expect(await fresh()).toEqual(['n1']);
  });
});
