import { migrationSubject, type DomainEvent } from '@osm/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mappingUuid } from './mapping-projection.ts';
import { network, openWorld, route, tell, type World } from './registry.fixture.ts';
import type { Registry } from './registry.ts';

describe('the mapping of a resource', () => {
  let world: World;
  let registry: Registry;

  beforeEach(async () => {
    world = await openWorld();
    registry = await world.open();
  });
  afterEach(() => world.end());

  const after = async (...events: readonly DomainEvent[]) => {
    const position = await world.migration(network, ...events);
    const rows = await registry.ask((queries) => queries.mappings({ includeArchived: true }), position);
    expect(rows.length).toBeLessThanOrEqual(1);
    return rows[0];
  };
  const fidelityNow = () => registry.ask((queries) => queries.fidelity({}));

  const created = [tell.started('create'), tell.identified('t1'), tell.migrated('t1'), tell.succeeded('create')];

  it('is in progress from the first step on', async () => {
    expect(await after(tell.started('create'))).toEqual({
      uuid: mappingUuid(route, network),
      archived: false,
      created_at: expect.stringMatching(/^20.*Z$/),
      updated_at: expect.stringMatching(/^20.*Z$/),
      service: 'network',
      resource_type: 'network',
      source_cloud: 'old',
      destination_cloud: 'new',
      source_id: 'n1',
      destination_id: null,
      source_removed: false,
      external: false,
      status: 'in-progress',
      error_message: null,
      name: null,
      project_id: null,
      how: null,
      plan_id: 'p1',
    });
  });

  it('takes its name and its project from the inventory', async () => {
    await world.inventory(network, tell.observed('web'));
    expect(await after(tell.started('create'))).toMatchObject({ name: 'web', project_id: 'owner' });
  });

  it('has the times of its events', async () => {
    await after(...created);
    const events = await world.events.log.load(migrationSubject(route, network));
    const row = await after();
    expect([row?.created_at, row?.updated_at]).toEqual([events[0]?.at, events[2]?.at]);
  });

  it('knows its twin before it is completed', async () => {
    expect(await after(tell.started('create'), tell.identified('t1'))).toMatchObject({
      status: 'in-progress',
      destination_id: 't1',
      how: 'created',
    });
  });

  it('is completed when all its steps are done', async () => {
    const row = { status: 'completed', destination_id: 't1', how: 'created', plan_id: 'p1', error_message: null };
    expect(await after(...created)).toMatchObject(row);
  });

  it('has failed when a step failed before it was migrated, and says why and what now', async () => {
    expect(await after(tell.started('create'), tell.failed('create', 'cannot: no room'))).toMatchObject({
      status: 'failed',
      error_message: 'cannot: no room. Do something.',
    });
  });

  it('stays failed while what clears up runs, and keeps the first reason', async () => {
    await after(tell.started('transfer'), tell.failed('transfer', 'cannot copy'));
    await after(tell.started('tidy'), tell.failed('tidy', 'cannot tidy'));
    expect(await after(tell.succeeded('tidy', 2))).toMatchObject({
      status: 'failed',
      error_message: 'cannot copy. Do something.',
    });
  });

  it.each([
    ['the failed step is tried again', tell.started('transfer', 2)],
    ['what it stands on is made again first', tell.started('create', 2)],
    ['another plan takes it up', tell.started('create', 1, 'p2')],
  ])('is in progress again when %s', async (_, event) => {
    await after(tell.started('transfer'), tell.failed('transfer', 'cannot copy'));
    expect(await after(event)).toMatchObject({ status: 'in-progress', error_message: null });
  });

  it('stays completed when a later step fails, and tells the failure', async () => {
    const failed = { status: 'completed', error_message: 'cannot tidy. Do something.' };
    expect(await after(...created, tell.started('tidy'), tell.failed('tidy', 'cannot tidy'))).toMatchObject(failed);
    expect(await after(tell.started('tidy', 2))).toMatchObject({ status: 'completed', error_message: null });
  });

  it('defect 17: keeps its status when a later run has nothing to do for it', async () => {
    const inTheWay = await after(...created, tell.started('remove'), tell.failed('remove', 'in use'));
    const { status, error_message } = inTheWay ?? {};
    expect(await after(tell.started('create', 1, 'p2'), tell.unneeded('create'))).toMatchObject({
      status,
      error_message,
    });
    expect(status).toBe('source-cleanup-failed');
  });

  it('is not touched by a step that had nothing to do', async () => {
    await after(...created);
    expect(await after(tell.started('create', 1, 'p2'), tell.unneeded('create'))).toMatchObject({
      status: 'completed',
      plan_id: 'p1',
    });
  });

  it('has failed when its step was given up', async () => {
    expect(await after(tell.started('create'), tell.abandoned('create'))).toMatchObject({
      status: 'failed',
      error_message: 'given up by ann: the plan was cancelled',
    });
  });

  it('does not change when a step was given up that nobody had begun', async () => {
    expect(await after(...created, tell.abandoned('tidy'))).toMatchObject({ status: 'completed', error_message: null });
  });

  it('loses a twin that was discarded, and its fidelity report', async () => {
    const verified: DomainEvent = {
      type: 'TwinVerified',
      data: { planId: 'p1', destinationId: 't1', equal: ['name'], others: [] },
    };
    await after(tell.started('create'), tell.identified('t1'), verified);
    expect(await fidelityNow()).toHaveLength(1);
    expect(await after(tell.discarded('t1'))).toMatchObject({
      status: 'in-progress',
      destination_id: null,
      how: null,
    });
    expect(await fidelityNow()).toEqual([]);
  });

  describe('whose source is to go', () => {
    it('waits for that while the step runs', async () => {
      expect(await after(...created, tell.started('remove'))).toMatchObject({ status: 'pending-cleanup' });
    });

    it('is completed once it is gone', async () => {
      const row = await after(...created, tell.started('remove'), tell.removed(), tell.succeeded('remove'));
      expect(row).toMatchObject({ status: 'completed', source_removed: true, destination_id: 't1' });
    });

    it('is completed when it was gone already', async () => {
      const row = await after(...created, tell.started('remove'), tell.unneeded('remove'));
      expect(row).toMatchObject({ status: 'completed' });
    });

    it('says so when it could not go, until it is tried again', async () => {
      expect(await after(...created, tell.started('remove'), tell.failed('remove', 'in use'))).toMatchObject({
        status: 'source-cleanup-failed',
        error_message: 'in use. Do something.',
        source_removed: false,
      });
      expect(await after(tell.started('remove', 2))).toMatchObject({ status: 'pending-cleanup', error_message: null });
    });

    it('says so when its removal was given up', async () => {
      expect(await after(...created, tell.started('remove'), tell.abandoned('remove'))).toMatchObject({
        status: 'source-cleanup-failed',
      });
    });
  });

  describe('that a person registered', () => {
    const registered: DomainEvent = {
      type: 'ExternalTwinRegistered',
      data: { destinationId: 'x1', by: 'ann', reason: 'made by hand' },
    };

    it('is completed and external', async () => {
      const row = { status: 'completed', external: true, how: 'external', destination_id: 'x1', error_message: null };
      expect(await after(registered)).toMatchObject(row);
    });

    it('replaces what had failed', async () => {
      await after(tell.started('create'), tell.failed('create', 'no'));
      expect(await after(registered)).toMatchObject({ status: 'completed', error_message: null });
    });
  });

  describe('taken over from the Python tool', () => {
    const imported = (destinationId: string | null, status: string): DomainEvent => ({
      type: 'MappingImported',
      data: {
        destinationId,
        status,
        external: false,
        sourceRemoved: true,
        error: 'boom',
        createdAt: '2024-01-02T03:04:05Z',
        from: 'sqlite.db',
      },
    });

    it.each([
      ['completed', 'completed'],
      ['pending-members', 'completed'],
      ['source-cleanup-failed', 'source-cleanup-failed'],
    ])('counts with a twin: %s is %s', async (was, is) => {
      expect(await after(imported('i1', was))).toMatchObject({
        status: is,
        how: 'imported',
        destination_id: 'i1',
        source_removed: true,
        error_message: 'boom',
        created_at: '2024-01-02T03:04:05Z',
      });
    });

    it('has failed without one: nobody works on it', async () => {
      expect(await after(imported(null, 'in-progress'))).toMatchObject({ status: 'failed', destination_id: null });
    });
  });

  describe('set aside', () => {
    it('is archived, and counts again when recalled', async () => {
      expect(await after(...created, tell.forgotten(false))).toMatchObject({ archived: true, destination_id: 't1' });
      expect(await after(tell.recalled())).toMatchObject({ archived: false, status: 'completed' });
    });

    it('is gone with its report when that was meant', async () => {
      expect(await after(...created, tell.forgotten(true))).toBeUndefined();
    });

    it('is shown again when a new plan works on it, without the twin that does not count', async () => {
      await after(...created, tell.forgotten(false));
      expect(await after(tell.started('create', 1, 'p2'), tell.failed('create', 'no', 1, 'p2'))).toMatchObject({
        archived: false,
        status: 'failed',
        destination_id: null,
        how: null,
        plan_id: 'p2',
      });
      expect(await after(tell.recalled())).toMatchObject({
        status: 'completed',
        destination_id: 't1',
        error_message: null,
      });
    });

    it('stays so while the plan goes on that had it in hand', async () => {
      await after(tell.started('create'), tell.identified('t1'), tell.forgotten(false));
      expect(await after(tell.started('transfer'))).toMatchObject({ archived: true });
    });

    it('has its new twin once that is found', async () => {
      await after(...created, tell.forgotten(false));
      const again = [tell.started('create', 1, 'p2'), tell.identified('t2', 'p2'), tell.migrated('t2', 'p2')];
      expect(await after(...again)).toMatchObject({ archived: false, status: 'completed', destination_id: 't2' });
    });
  });

  it('is not made or changed by what plans borrow', async () => {
    const project = { type: 'project', id: 'a' };
    const step = { planId: 'p1', stepId: 'project/a/grant', step: 'grant', attempt: 1 };
    const position = await world.migration(
      project,
      { type: 'StepStarted', data: { ...step, delivery: 1, worker: 'w' } },
      { type: 'StepFailed', data: { ...step, failure: { code: 'x', message: 'no', remedy: 'Yes.' } } },
    );
    expect(await registry.ask((queries) => queries.mappings({}), position)).toEqual([]);
    const made = await world.migration(
      project,
      { type: 'ResourceMigrated', data: { planId: 'p1', destinationId: 'b', how: 'reused' } },
      { type: 'StepFailed', data: { ...step, attempt: 2, failure: { code: 'x', message: 'no', remedy: 'Yes.' } } },
    );
    const [row] = await registry.ask((queries) => queries.mappings({ type: 'project' }), made);
    expect(row).toMatchObject({ status: 'completed', how: 'reused', error_message: null, service: 'identity' });
  });
});
