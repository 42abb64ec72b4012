import type { MigrationEvent } from '@osm/contracts';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import { hasTwin, isOurs, migration, type MigrationCommand } from './migration.ts';

const given = (...events: readonly MigrationEvent[]) => givenOf(migration, ...events);
const twin = { destinationId: 'd1', proof: 'marker', complete: false, discarded: 0, by: 'ann' } as const;
const recover: MigrationCommand = { type: 'RecoverTwin', ...twin };
const started: MigrationEvent = {
  type: 'StepStarted',
  data: { planId: 'p1', stepId: 's', step: 'create', attempt: 1, delivery: 1, worker: 'w' },
};

describe('a recovered twin', () => {
  it('that wears its marker is ours and unfinished: the next plan goes on with it', () => {
    const { state } = given().after({ ...recover, discarded: 1 });
    expect(state).toMatchObject({ destinationId: 'd1', how: 'adopted', attempted: true, discarded: 1 });
    expect(hasTwin(state)).toBe(false);
    given()
      .after(recover)
      .when({ type: 'CompleteMigration', planId: 'p2' })
      .then({ type: 'ResourceMigrated', data: { planId: 'p2', destinationId: 'd1', how: 'adopted' } });
  });

  it('that only looks like one counts, and is never ours', () => {
    for (const proof of ['natural-key', 'equal', 'same-id'] as const) {
      const { state } = given().after({ ...recover, proof, complete: true });
      expect(hasTwin(state)).toBe(true);
      expect(isOurs(state)).toBe(false);
    }
  });

  it('belongs to no plan, so that none rolls it back', () => {
    const { state } = given().after({ ...recover, proof: 'assigned-id', complete: true });
    expect([isOurs(state), state.broughtBy]).toEqual([true, undefined]);
  });

  it('is recorded once, and never over what is recorded, set aside or in hand', () => {
    const forgotten: MigrationEvent = { type: 'MigrationForgotten', data: { by: 'ann', reason: 'x', hard: false } };
    given().when(recover).then({ type: 'TwinRecovered', data: twin });
    given({ type: 'TwinRecovered', data: twin }).when(recover).then();
    given(forgotten).when(recover).then();
    given(started).when(recover).then();
  });
});

describe('something temporary that was collected', () => {
  it('changes nothing of the migration', () => {
    const collected = { cloud: 'old', kind: 'image', id: 'i1', marker: 'm', step: 'export', plans: ['p1'], by: 'ann' };
    const before = given(started);
    expect(before.after({ type: 'NoteCollected', ...collected }).state).toEqual(before.state);
    before.when({ type: 'NoteCollected', ...collected }).then({ type: 'AuxiliaryCollected', data: collected });
  });
});
