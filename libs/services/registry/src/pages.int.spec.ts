import { registryQueries } from '@osm/services/registry/reader';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from './open-store.ts';
import { projectEvents } from './project-events.ts';
import {
  inventorySubject,
  migrationSubject,
  planSubject,
  type DomainEvent,
  type PlanStep,
  type RecordedEvent,
} from '@osm/contracts';
import { route, startedPlan, tell } from './registry.fixture.ts';

const many = 100_000;
/** Milliseconds that a page may take on a machine that is busy with much else; alone it takes a hundredth. */
const patience = 2000;

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'osm-pages-'));
  store = await openStore(path.join(folder, 'registry.db'));
  store.db.pragma('synchronous = OFF');
  store.db.exec("INSERT INTO resource_type VALUES ('network', 'network'), ('image', 'image')");
  const project = projectEvents(store.db, { isAuxiliary: () => false, warn: () => undefined });
  for (let first = 0; first < many; first += 5000) {
    project(Array.from({ length: 5000 }, (_, at) => eventsOf(first + at)).flat());
  }
  const section: DomainEvent = {
    type: 'PlanSectionDrafted',
    data: { index: 0, steps: Array.from({ length: many }, (_, at) => stepOf(at)) },
  };
  const plan = [...startedPlan().slice(0, 1), section];
  project(plan.map((event, at) => recorded(planSubject('p1'), 4 * many + at, event)));
}, 120_000);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const recorded = (subject: string, position: number, { type, data }: DomainEvent): RecordedEvent => ({
  ...{ id: `e${position}`, type, version: type === 'PlanRequested' ? 2 : 1, at: '2026-01-01T00:00:00.000Z' },
  ...{ data: data as RecordedEvent['data'], subject, position, producer: 'spec' },
});

const nameOf = (at: number): string => String(at).padStart(6, '0');

const eventsOf = (at: number): readonly RecordedEvent[] => {
  const ref = { type: at % 2 === 0 ? 'network' : 'image', id: `id-${nameOf(at)}` };
  const address = `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
  const migration = migrationSubject(route, ref);
  const others = [{ attribute: 'id', verdict: at === many - 1 ? ('lost' as const) : ('impossible' as const) }];
  return [
    recorded(inventorySubject('old', ref), 4 * at + 1, tell.observed(`vm-${nameOf(at)}`, { address })),
    recorded(migration, 4 * at + 2, tell.migrated(`twin-${nameOf(at)}`)),
    recorded(migration, 4 * at + 3, {
      type: 'TwinVerified',
      data: { planId: 'p1', destinationId: `twin-${nameOf(at)}`, equal: ['name'], others },
    }),
  ];
};

const stepOf = (at: number): PlanStep => ({
  ...{
    id: `network/id-${nameOf(at)}/create`,
    ref: { type: 'network', id: `id-${nameOf(at)}` },
    name: `vm-${nameOf(at)}`,
  },
  ...{ step: 'create', service: 'network', needs: [], always: false },
});

type Pages = ReturnType<typeof registryQueries>;

const pages: readonly [
  string,
  (queries: Pages, after?: string) => { items: readonly unknown[]; next: string | null },
][] = [
  ['mappings', (q, after) => q.mappingPage({ ...(after === undefined ? {} : { after }) })],
  ['mappings of a type', (q) => q.mappingPage({ type: 'image' })],
  ['mappings of a type and status', (q) => q.mappingPage({ type: 'image', status: 'completed' })],
  ['mappings with a part of an address', (q) => q.mappingPage({ q: '10.0.0.7' })],
  ['the oldest mapping, by a part of its name', (q) => q.mappingPage({ q: 'vm-000000' })],
  ['mappings of a type with what nearly all have', (q) => q.mappingPage({ type: 'image', q: 'VM-' })],
  ['inventory', (q) => q.inventoryPage({ cloud: 'old' })],
  ['inventory of a type and project', (q) => q.inventoryPage({ cloud: 'old', type: 'image', projectId: 'owner' })],
  ['inventory with a part of a name that one has', (q) => q.inventoryPage({ cloud: 'old', q: 'vm-099999' })],
  ['plans', (q) => q.planPage({})],
  ['steps', (q) => q.stepPage({ planId: 'p1' })],
  ['steps of a status', (q) => q.stepPage({ planId: 'p1', status: 'waiting' })],
  ['the last step, by a part of its name', (q) => q.stepPage({ planId: 'p1', q: 'vm-099999' })],
  ['fidelity', (q) => q.fidelityPage({})],
  ['the one attribute that is lost', (q) => q.fidelityPage({ verdict: 'lost' })],
];

describe(`of ${many} rows`, () => {
  it.each(pages)('a page of %s is read by an index, and quickly', (_, ask) => {
    const asked: string[] = [];
    const { db } = store;
    // The same connection, with an ear for what it is asked.
    const listening = new Proxy(db, {
      get: (target, member) => {
        if (member !== 'prepare') return Reflect.get(target, member, target);
        return (sql: string) => {
          asked.push(sql);
          return target.prepare(sql);
        };
      },
    });
    const queries = registryQueries(listening);
    const timed = Array.from({ length: 3 }, () => {
      const began = performance.now();
      return { page: ask(queries), ms: performance.now() - began };
    });
    // The machine may be busy with something else once, but not three times.
    const ms = Math.min(...timed.map((one) => one.ms));
    for (const { page } of timed) expect(page.items.length).toBeGreaterThan(0);
    expect(ms).toBeLessThan(patience);
    for (const sql of asked) {
      const blanks = Array.from(sql.matchAll(/\?/g), () => '');
      const details = db
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...blanks)
        .map(({ detail }) => detail);
      // What is counted is bounded by itself, and a list that was found before is no table.
      const isBounded = sql.includes('AS looked');
      const scans = details.filter((detail) => /^SCAN (?!.* USING |json_each )/.test(detail));
      if (!isBounded) expect(scans).toEqual([]);
      // The few mappings of one resource may be sorted, a page may not.
      if (!sql.endsWith('LIMIT 1')) expect(details.filter((detail) => /TEMP B-TREE/.test(detail))).toEqual([]);
    }
  });

  it('every mapping is on one page, once', () => {
    const queries = registryQueries(store.db);
    const found = new Set<string>();
    let count = 0;
    let after: string | undefined;
    do {
      const page = queries.mappingPage({ limit: 1000, ...(after === undefined ? {} : { after }) });
      for (const { uuid } of page.items) found.add(uuid);
      count += page.items.length;
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect([count, found.size]).toEqual([many, many]);
  });

  const positions = (asked: Parameters<Pages['mappingPage']>[0]) =>
    registryQueries(store.db)
      .mappingPage({ limit: 1000, ...asked })
      .items.map(({ source_id: id }) => id);

  it('a mapping is found by its name, its addresses and the ids of both, in any case', () => {
    const [one, address] = ['id-065537', '10.1.0.1'];
    for (const q of ['VM-065537', 'Id-065537', 'tWIN-065537']) expect(positions({ q })).toEqual([one]);
    expect(positions({ q: address })).toContain(one);
    expect(positions({ q: '065537', type: 'network' })).toEqual([]);
    expect(positions({ q: '065537', type: 'image', status: 'completed', projectId: 'owner' })).toEqual([one]);
    expect(positions({ q: '065537', archived: true })).toEqual([]);
    expect(positions({ q: '\'%_"' })).toEqual([]);
  });

  it('many hits are told in the order of all, page by page, as few are', () => {
    const queries = registryQueries(store.db);
    const names = (q: string) => {
      const first = queries.mappingPage({ q, limit: 7 });
      const { items } = queries.mappingPage({ q, limit: 7, after: first.next ?? '' });
      return [...first.items, ...items].map(({ name }) => name);
    };
    const newest = Array.from({ length: 14 }, (_, at) => `vm-${nameOf(many - 1 - at)}`);
    expect(names('vm-')).toEqual(newest);
    expect(names('vm-0999')).toEqual(newest);
  });

  it('a first page tells how many fit where they are quickly counted, and no other page does', () => {
    const queries = registryQueries(store.db);
    const half = many / 2;
    expect(queries.inventoryPage({ cloud: 'old' }).total).toBe(many);
    expect(queries.inventoryPage({ cloud: 'old', type: 'image', vanished: false }).total).toBe(half);
    expect(queries.inventoryPage({ cloud: 'old', type: 'image', vanished: true }).total).toBe(0);
    expect(queries.mappingPage({ q: 'vm-0999' }).total).toBe(100);
    expect(queries.mappingPage({ q: 'vm-0999', type: 'image' }).total).toBe(50);
    expect(queries.mappingPage({}).total).toBeUndefined();
    expect(queries.planPage({ intent: 'migrate' }).total).toBe(1);
    expect(queries.planPage({ intent: 'remove' }).total).toBe(0);
    expect(queries.fidelityPage({ id: 'id-000001', limit: 1 }).total).toBe(2);
    const first = queries.inventoryPage({ cloud: 'old' });
    expect(queries.inventoryPage({ cloud: 'old', after: first.next ?? '' })).not.toHaveProperty('total');
  });

  it('the summaries count all of them', () => {
    const queries = registryQueries(store.db);
    const present = queries.inventorySummary('old').map(({ present: count }) => count);
    expect(present.reduce((a, b) => a + b, 0)).toBe(many);
    const { equal, lost } = queries.fidelitySummary({}).reduce((a, b) => ({
      ...a,
      ...{ equal: a.equal + b.equal, lost: a.lost + b.lost },
    }));
    expect([equal, lost]).toEqual([many, 1]);
  });
});
