import { migration, type MigrationState } from '@osm/domain';
import { marker, markerId, type Ref, type Route } from '@osm/kernel';
import { resourceTypes } from '@osm/resources/all';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import { lookMark } from './marks.ts';
import type { Recorded, RecordedPlan } from './recorded.ts';
import type { Sighting } from './sighting.ts';

const route: Route = { source: 'old', destination: 'new' };
const handlers = new Map(resourceTypes.map((handler) => [handler.type, handler]));
const now = new Date('2026-01-10T12:00:00Z');

const plan = (status: string, ...inHand: readonly string[]): RecordedPlan => ({
  status,
  ended: ['completed', 'cancelled', 'rejected'].includes(status),
  inHand: new Set(inHand),
});

const state = (changes: Partial<MigrationState> = {}): MigrationState => ({ ...migration.initial, ...changes });

const attempt = (step: string, planId = 'p1') => ({ planId, stepId: `volume/v1/${step}`, step, attempt: 1 });
const settled = (step: string, planId = 'p1', outcome: 'succeeded' | 'failed' | 'abandoned' = 'succeeded') => ({
  ...attempt(step, planId),
  outcome,
  outputs: {},
});

const recorded = (ref: Ref, of: MigrationState | undefined, plans: { [id: string]: RecordedPlan } = {}): Recorded => ({
  resources: [{ route, ref, state: of }],
  plans: new Map(Object.entries(plans)),
});

const seen = (sighting: Partial<Sighting>): Sighting => ({
  ...{ side: 'destination', cloud: 'new', kind: 'network', id: 'd1', name: null, projectId: null },
  ...{ mark: 'osm-0123456789abcdef0123456', where: 'description' },
  ...sighting,
});

const classOf = (sighting: Sighting, of: Recorded) => classify([sighting], of, handlers, now);

describe('the marker of a twin', () => {
  const ref = { type: 'network', id: 'n1' };
  const worn = seen({ mark: marker(route, 'network', 'n1') });
  const attempted = { attempted: true, open: [attempt('create')] };

  it('is known on the recorded twin, for as long as a plan has it in hand or not', () => {
    const of = state({ ...attempted, destinationId: 'd1', how: 'created' });
    expect(classOf(worn, recorded(ref, of))).toMatchObject([{ class: 'known', inHand: true, removable: false }]);
    const finished = state({ destinationId: 'd1', how: 'created', migrated: true });
    expect(classOf(worn, recorded(ref, finished))).toMatchObject([{ class: 'known', inHand: false }]);
  });

  it('is a crash window where nobody has recorded what came of it', () => {
    expect(classOf(worn, recorded(ref, state(attempted)))).toMatchObject([{ class: 'crash-window', inHand: true }]);
    expect(classOf(worn, recorded(ref, state({ attempted: true })))).toMatchObject([
      { class: 'crash-window', inHand: false, removable: false },
    ]);
  });

  it('is unknown where the log has another twin, or has never begun, or has given this one up', () => {
    const another = state({ attempted: true, destinationId: 'd2', how: 'created', migrated: true });
    const cases = [
      recorded(ref, another),
      recorded(ref, undefined),
      recorded(ref, state({ attempted: true, discarded: 1 })),
    ];
    for (const of of cases) expect(classOf(worn, of)).toMatchObject([{ class: 'unknown', removable: false }]);
    expect(classOf(worn, recorded(ref, another))[0]?.because).toContain('d2');
  });

  it('counts how many twins were given up before', () => {
    const second = seen({ mark: marker(route, 'network', 'n1', 'create-1') });
    expect(classOf(second, recorded(ref, state({ attempted: true, discarded: 1 })))).toMatchObject([
      { class: 'crash-window' },
    ]);
  });

  it('is unknown at the source, and on anything that this log does not know', () => {
    const atSource = { ...worn, side: 'source', cloud: 'old' } as const;
    expect(classOf(atSource, recorded(ref, state(attempted)))).toMatchObject([{ class: 'unknown' }]);
    expect(classOf(seen({}), recorded(ref, state(attempted)))).toMatchObject([{ class: 'unknown', removable: false }]);
  });
});

describe('an id that was made of a marker', () => {
  const ref = { type: 'image', id: 'i1' };
  const id = markerId(marker(route, 'image', 'i1'));
  const image = seen({ kind: 'image', id, mark: id, where: 'id' });

  it('is told only where nobody has recorded it', () => {
    expect(classOf(image, recorded(ref, state({ attempted: true, destinationId: id, migrated: true })))).toEqual([]);
    expect(classOf(image, recorded(ref, state({ attempted: true })))).toMatchObject([{ class: 'crash-window' }]);
    expect(classOf(image, recorded(ref, undefined))).toMatchObject([{ class: 'unknown' }]);
    expect(classOf({ ...image, id: 'another', mark: 'another' }, recorded(ref, undefined))).toEqual([]);
  });
});

describe('something temporary', () => {
  const ref = { type: 'volume', id: 'v1' };
  const image = seen({
    ...{ side: 'source', cloud: 'old', kind: 'image', id: 't1', where: 'name' },
    mark: marker(route, 'volume', 'v1', 'export'),
  });
  const exported = state({ settled: [settled('export')] });

  it('is known while a plan that has not ended has the resource in hand', () => {
    for (const status of ['running', 'paused', 'cancelling']) {
      const of = recorded(ref, exported, { p1: plan(status, 'volume/v1') });
      expect(classOf(image, of)).toMatchObject([{ class: 'known', inHand: true, removable: false }]);
    }
    const another = recorded(ref, exported, { p1: plan('completed'), p2: plan('running', 'volume/v1') });
    expect(classOf(image, another)).toMatchObject([{ class: 'known', plans: ['p2'] }]);
  });

  it('is past its time when every plan that made it has ended, and may go', () => {
    for (const status of ['completed', 'cancelled']) {
      const of = recorded(ref, exported, { p1: plan(status), p2: plan('running', 'volume/v2') });
      expect(classOf(image, of)).toMatchObject([
        { class: 'temporary-past-its-time', removable: true, plans: ['p1'], ref, step: 'export' },
      ]);
    }
  });

  it('is past its time, and stays, where a plan has done nothing about it for a day', () => {
    const of = recorded(ref, exported, { p1: plan('paused', 'volume/v1') });
    const old = { ...image, since: '2026-01-09T11:00:00' };
    expect(classOf(old, of)).toMatchObject([{ class: 'temporary-past-its-time', removable: false }]);
    const busy = state({ open: [attempt('export')] });
    expect(classOf(old, recorded(ref, busy, { p1: plan('running', 'volume/v1') }))).toMatchObject([{ class: 'known' }]);
  });

  it('is unknown where the log knows no attempt at its step, and never removed then', () => {
    for (const of of [recorded(ref, undefined), recorded(ref, state({ settled: [settled('create')] }))]) {
      expect(classOf(image, of)).toMatchObject([{ class: 'unknown', removable: false }]);
    }
  });

  it('says by itself whose it is, where another resource’s step has made it', () => {
    const snapshot = { ...image, kind: 'snapshot', mark: marker(route, 'volume', 'v1', 'snapshot'), planId: 'p1' };
    const of = recorded(ref, undefined, { p1: plan('cancelled') });
    expect(classOf(snapshot, of)).toMatchObject([{ class: 'temporary-past-its-time', removable: true }]);
    expect(classOf({ ...snapshot, planId: 'p9' }, of)).toMatchObject([{ class: 'unknown' }]);
  });

  it('stays where somebody may still need it', () => {
    const ended = { p1: plan('completed') };
    const server = { type: 'instance', id: 's1' };
    const booted = state({ destinationId: 'd1', how: 'created', settled: [settled('transfer')] });
    const disk = seen({ kind: 'image', mark: marker(route, 'instance', 's1', 'transfer'), where: 'name' });
    expect(classOf(disk, recorded(server, booted, ended))).toMatchObject([{ removable: false }]);
    const router = { type: 'router', id: 'r1' };
    const port = seen({ kind: 'port', mark: marker(route, 'router', 'r1', 'connect'), inUse: true });
    const tied = recorded(router, state({ settled: [settled('connect', 'p1', 'failed')] }), ended);
    expect(classOf(port, tied)).toMatchObject([{ removable: false }]);
    expect(classOf({ ...port, inUse: false }, tied)).toMatchObject([{ removable: true }]);
  });

  it('that is a tenant’s own rule is told only until its contents have arrived', () => {
    const share = { type: 'share', id: 'x1' };
    const rule = seen({ kind: 'lowered-rule', mark: marker(route, 'share', 'x1', 'contents'), within: 'x1' });
    const ended = { p1: plan('completed') };
    expect(classOf(rule, recorded(share, state({ settled: [settled('contents')] }), ended))).toEqual([]);
    expect(
      classOf(rule, recorded(share, state({ settled: [settled('contents', 'p1', 'failed')] }), ended)),
    ).toMatchObject([{ class: 'temporary-past-its-time', removable: false }]);
  });
});

describe('a role that a scan borrows', () => {
  it('is given back by the next scan', () => {
    const tag = seen({ kind: 'tag', id: 'x', mark: lookMark('new', 'q1'), where: 'tag', within: 'q1' });
    expect(classOf(tag, { resources: [], plans: new Map() })).toMatchObject([{ class: 'crash-window' }]);
    expect(classOf({ ...tag, within: 'q2' }, { resources: [], plans: new Map() })).toMatchObject([
      { class: 'unknown' },
    ]);
  });
});
