import type { MigrationEvent } from '@osm/contracts';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import {
  gaveUpLast,
  givenUpIn,
  hasTwin,
  isOurs,
  migration,
  otherPlansStep,
  outputsOf,
  settledStep,
} from './migration.ts';

const given = (...events: readonly MigrationEvent[]) => givenOf(migration, ...events);
const attempt = { planId: 'p1', stepId: 'network/1/create', step: 'create', attempt: 1 };
const started: MigrationEvent = { type: 'StepStarted', data: { ...attempt, delivery: 1, worker: 'w' } };
const identified: MigrationEvent = {
  type: 'TwinIdentified',
  data: { ...attempt, destinationId: 'd1', how: 'created' },
};
const succeeded: MigrationEvent = { type: 'StepSucceeded', data: { ...attempt, outputs: { destinationId: 'd1' } } };
const abandoned: MigrationEvent = { type: 'StepAbandoned', data: { ...attempt, by: 'ann', reason: 'cancelled' } };
const migrated: MigrationEvent = {
  type: 'ResourceMigrated',
  data: { planId: 'p1', destinationId: 'd1', how: 'created' },
};
const forgotten: MigrationEvent = { type: 'MigrationForgotten', data: { by: 'ann', reason: 'wrong', hard: false } };
const record = {
  status: 'completed',
  external: false,
  sourceRemoved: false,
  error: null,
  createdAt: '2024-01-01',
  from: 'sqlite.db',
};

describe('a migration', () => {
  it('has at most one twin', () => {
    const history = given(started, identified);
    history.when({ type: 'IdentifyTwin', ...attempt, destinationId: 'd1', how: 'adopted' }).then();
    history.when({ type: 'IdentifyTwin', ...attempt, destinationId: 'd2', how: 'created' }).thenRefused('second-twin');
    given(identified, migrated)
      .when({ type: 'RegisterExternal', destinationId: 'd2', by: 'ann', reason: 'by hand' })
      .thenRefused('second-twin');
  });

  it('remembers that it saw no twin before its create request, until it has one', () => {
    const absent: MigrationEvent = { type: 'TwinAbsent', data: attempt };
    const discarded: MigrationEvent = {
      type: 'TwinDiscarded',
      data: { ...attempt, destinationId: 'd1', reason: 'it is error' },
    };
    expect(given(started).state).toMatchObject({ attempted: true, creating: false });
    expect(given(started, absent).state.creating).toBe(true);
    expect(given(started, absent, identified).state.creating).toBe(false);
    expect(given(started, absent, identified, discarded).state.creating).toBe(false);
  });

  it('counts as not migrated once its twin was rolled back, and gets another one', () => {
    const history = given(started, identified, migrated);
    expect(history.state.broughtBy).toBe('p1');
    const rolledBack: MigrationEvent = { type: 'TwinRolledBack', data: { planId: 'p2', destinationId: 'd1' } };
    const rollBack = { type: 'RollBackTwin', planId: 'p2', destinationId: 'd1' } as const;
    history.when(rollBack).then(rolledBack);
    history.when({ ...rollBack, destinationId: 'd7' }).then();
    history.after(rollBack).when(rollBack).then();
    const { state } = history.after(rollBack);
    expect(state).toMatchObject({ destinationId: undefined, migrated: false, attempted: true, discarded: 1 });
    expect(hasTwin(state)).toBe(false);
    history
      .after(rollBack)
      .when({ type: 'IdentifyTwin', ...attempt, destinationId: 'd2', how: 'created' })
      .then({ ...identified, data: { ...attempt, destinationId: 'd2', how: 'created' } } as MigrationEvent);
  });

  it('knows which plan has brought the twin: the one that has finished it', () => {
    const finished: MigrationEvent = { ...migrated, data: { ...migrated.data, planId: 'p2' } } as MigrationEvent;
    expect(given(started, identified).state.broughtBy).toBe('p1');
    expect(given(started, identified, finished).state.broughtBy).toBe('p2');
    expect(given(identified, migrated, forgotten).state.broughtBy).toBe('p1');
  });

  it('settles each attempt once, with the first outcome', () => {
    const history = given(started, succeeded);
    history.when({ type: 'SucceedStep', ...attempt, outputs: {} }).then();
    history.when({ type: 'FailStep', ...attempt, failure: { code: 'c', message: 'm', remedy: 'r' } }).then();
    history.when({ type: 'SkipStep', ...attempt, reason: 'already-migrated' }).then();
    expect(settledStep(history.state, attempt)?.outcome).toBe('succeeded');
    expect(settledStep(history.state, { ...attempt, attempt: 2 })).toBeUndefined();
  });

  it('does not start an attempt that was abandoned: it would look open for ever', () => {
    given(started, abandoned)
      .when({ type: 'StartStep', ...attempt, delivery: 2, worker: 'w' })
      .then();
    expect(given(started, abandoned).state.open).toEqual([]);
  });

  it('counts an attempt as open once, however often it is delivered', () => {
    const history = given(started, { ...started, data: { ...started.data, delivery: 2 } } as MigrationEvent);
    expect(history.state.open).toEqual([attempt]);
    expect(otherPlansStep(history.state, 'p2')).toEqual(attempt);
    expect(otherPlansStep(history.state, 'p1')).toBeUndefined();
  });

  it('hands the outputs of a plan only to the same plan', () => {
    const { state } = given(started, succeeded);
    expect(outputsOf(state, 'p1')).toEqual({ create: { destinationId: 'd1' } });
    expect(outputsOf(state, 'p2')).toEqual({});
  });

  it('has a twin that counts once all steps are done, and says so once', () => {
    expect(hasTwin(given(started, identified).state)).toBe(false);
    given(identified).when({ type: 'CompleteMigration', planId: 'p1' }).then(migrated);
    given(identified, migrated).when({ type: 'CompleteMigration', planId: 'p1' }).then();
    expect(hasTwin(given(identified, migrated).state)).toBe(true);
    given(started).when({ type: 'CompleteMigration', planId: 'p1' }).then();
  });

  it('looks for a twin again after a discarded one, with another marker', () => {
    const discarded: MigrationEvent = {
      type: 'TwinDiscarded',
      data: { ...attempt, destinationId: 'd1', reason: 'error' },
    };
    given(identified)
      .when({ type: 'DiscardTwin', ...attempt, reason: 'error' })
      .then(discarded);
    const { state } = given(started, identified, discarded);
    expect(state).toMatchObject({ destinationId: undefined, how: undefined, attempted: true, discarded: 1 });
  });
});

describe('a twin that was given up', () => {
  const data = { ...attempt, step: 'transfer', destinationId: 'd1', reason: 'the data differ' };
  const discarded: MigrationEvent = { type: 'TwinDiscarded', data };
  const other = { ...data, planId: 'p2' };
  const elsewhere: MigrationEvent = { type: 'TwinDiscarded', data: other };

  it('is counted in its plan, with the reason, and known to the attempt that gave it up last', () => {
    const { state } = given(started, identified, discarded, identified, elsewhere);
    expect(givenUpIn(state, 'p1')).toMatchObject([{ step: 'transfer', reason: 'the data differ' }]);
    expect(givenUpIn(state, 'p3')).toEqual([]);
    expect(gaveUpLast(state, other)).toBe(true);
    expect(gaveUpLast(state, { ...other, attempt: 2 })).toBe(false);
    expect(gaveUpLast(given(started).state, attempt)).toBe(false);
  });

  it('is remembered, also when the migration is forgotten', () => {
    const hard: MigrationEvent = { type: 'MigrationForgotten', data: { by: 'ann', reason: 'wrong', hard: true } };
    expect(givenUpIn(given(identified, discarded, hard).state, 'p1')).toHaveLength(1);
  });
});

describe('a forgotten migration', () => {
  it('counts as new, and can be recalled', () => {
    const history = given(identified, migrated, forgotten);
    expect(hasTwin(history.state)).toBe(false);
    history.when({ type: 'IdentifyTwin', ...attempt, destinationId: 'd2', how: 'created' }).then({
      type: 'TwinIdentified',
      data: { ...attempt, destinationId: 'd2', how: 'created' },
    });
    expect(hasTwin(history.after({ type: 'Recall', by: 'ann' }).state)).toBe(true);
    given(identified).when({ type: 'Recall', by: 'ann' }).then();
  });

  it('stays forgotten when the plan that was running ends', () => {
    given(identified, forgotten).when({ type: 'CompleteMigration', planId: 'p1' }).then();
  });

  it('knows still that something was created, so that it is looked for', () => {
    const hard: MigrationEvent = { type: 'MigrationForgotten', data: { by: 'ann', reason: 'wrong', hard: true } };
    const { state } = given(started, identified, succeeded, migrated, hard);
    expect(state).toMatchObject({ destinationId: undefined, migrated: false, forgotten: false, attempted: true });
    expect(settledStep(state, attempt)?.outcome).toBe('succeeded');
  });
});

describe('what counts as ours', () => {
  it('is what we made or made sure we had made', () => {
    const how = (which: 'created' | 'adopted' | 'reused') =>
      isOurs(given({ type: 'TwinIdentified', data: { ...attempt, destinationId: 'd1', how: which } }).state);
    expect([how('created'), how('adopted'), how('reused')]).toEqual([true, true, false]);
  });

  it('is nothing that a person registered', () => {
    const command = { type: 'RegisterExternal', destinationId: 'd9', by: 'ann', reason: 'by hand' } as const;
    const { state } = given().after(command);
    expect(hasTwin(state)).toBe(true);
    expect(isOurs(state)).toBe(false);
    given()
      .given()
      .when(command)
      .then({
        type: 'ExternalTwinRegistered',
        data: { destinationId: 'd9', by: 'ann', reason: 'by hand' },
      });
  });
});

describe('an imported record', () => {
  it('is taken over once', () => {
    const imported = given().after({ type: 'ImportMapping', ...record, destinationId: 'd1' });
    expect(hasTwin(imported.state)).toBe(true);
    expect(imported.state.how).toBe('imported');
    imported.when({ type: 'ImportMapping', ...record, destinationId: 'd1' }).then();
  });

  it('is taken over once also when it has no twin', () => {
    const failed = given().after({ type: 'ImportMapping', ...record, status: 'failed', destinationId: null });
    expect(hasTwin(failed.state)).toBe(false);
    failed.when({ type: 'ImportMapping', ...record, status: 'failed', destinationId: null }).then();
  });

  it('never takes the place of a twin of our own in the making', () => {
    given(started, identified)
      .when({ type: 'ImportMapping', ...record, destinationId: 'd7' })
      .then();
  });
});

describe('a removed source', () => {
  it('is removed once', () => {
    const removed: MigrationEvent = { type: 'SourceRemoved', data: { planId: 'p1' } };
    given(identified, migrated).when({ type: 'RemoveSource', planId: 'p1' }).then(removed);
    given(identified, migrated, removed).when({ type: 'RemoveSource', planId: 'p1' }).then();
  });
});
