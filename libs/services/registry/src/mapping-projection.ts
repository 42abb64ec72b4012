import type { AttributeFidelity, MappingStatus, MigrationEvent, Verdict } from '@osm/contracts';
import { markerId, routeKey, type FailureRecord, type Ref, type Route } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { ignored, type Projection } from './projection.ts';

/** Which migration an event is about, when it was written, and its place in the log. */
export interface AboutMigration {
  readonly route: Route;
  readonly ref: Ref;
  readonly at: string;
  readonly position: number;
}

/** Whether a step of a type makes only what plans borrow for a while: it says nothing about the resource itself. */
export type IsAuxiliary = (type: string, step: string) => boolean;

/** The id by which people name one mapping: made of its key, so that it is the same in every database. */
export const mappingUuid = (route: Route, ref: Ref): string => markerId(`${routeKey(route)}/${ref.type}/${ref.id}`);

const here = `source_cloud = @source AND destination_cloud = @destination AND resource_type = @type AND source_id = @id`;
const noFailure = 'failed_plan = NULL, failed_step = NULL, failed_attempt = NULL';
/** It has a twin that counts. */
const twin = '(migrated AND NOT forgotten)';
/** The step that starts is the failed one, or shows that it was given up or is tried again: attempts go up together. */
const goesOn = '(failed_step IS NULL OR failed_plan <> @planId OR failed_step = @stepId OR @attempt > failed_attempt)';
const sameStep = '(failed_plan = @planId AND failed_step = @stepId)';
/** The first failure of a plan is what people need to know: what clears up after it may fail as well. */
const keepsFirst = `(failed_step IS NOT NULL AND failed_plan = @planId AND NOT ${sameStep} AND @step <> 'remove')`;

/** What became of each source resource on each route. */
export const mappingProjection = (
  db: Database,
  isAuxiliary: IsAuxiliary,
): Projection<MigrationEvent, AboutMigration> => {
  const rows = mappingRows(db);
  const fidelity = fidelityRows(db);
  const aboutResource =
    <Data extends { readonly step: string }>(handle: (data: Data, about: AboutMigration) => void) =>
    (data: Data, about: AboutMigration): void => {
      if (!isAuxiliary(about.ref.type, data.step)) handle(data, about);
    };
  return {
    StepStarted: aboutResource(({ planId, stepId, step, attempt }, about) => {
      if (step === 'remove') return rows.startRemoval(about);
      rows.orInsert(about, { status: 'in-progress', plan_id: planId }, () =>
        rows.start(about, { planId, stepId, attempt }),
      );
    }),
    TwinIdentified: ({ planId, destinationId, how }, about) => {
      const row = { status: 'in-progress', plan_id: planId, destination_id: destinationId, how } as const;
      rows.orInsert(about, row, () => rows.identify(about, { planId, destinationId, how }));
    },
    TwinDiscarded: (_, about) => {
      rows.discard(about);
      fidelity.remove(about);
    },
    TwinAbsent: ignored,
    StepSucceeded: ignored,
    StepFailed: aboutResource(({ planId, stepId, step, attempt, failure }, about) => {
      rows.fail(about, { planId, stepId, step, attempt, error: errorText(failure) });
    }),
    StepUnneeded: aboutResource(({ step }, about) => {
      if (step === 'remove') rows.endRemoval(about);
    }),
    StepAbandoned: aboutResource(({ planId, stepId, step, attempt, by, reason }, about) => {
      rows.abandon(about, { planId, stepId, step, attempt, error: `given up by ${by}: ${reason}` });
    }),
    TwinVerified: ({ planId, destinationId, equal, others }, about) => {
      const texts = { equal: JSON.stringify(equal), others: JSON.stringify(others) };
      fidelity.put(about, { planId, destinationId, ...texts, ...verdictCounts(equal, others) });
    },
    ResourceMigrated: ({ planId, destinationId, how }, about) => {
      rows.put(about, {
        status: 'completed',
        migrated: 1,
        destination_id: destinationId,
        how,
        plan_id: planId,
      });
    },
    RollBackBegun: (_, about) => rows.beginRollBack(about),
    TwinRolledBack: (_, about) => {
      rows.rollBack(about);
      fidelity.remove(about);
    },
    SourceRemoved: (_, about) => rows.removeSource(about),
    ExternalTwinRegistered: ({ destinationId }, about) => {
      rows.put(about, {
        status: 'completed',
        migrated: 1,
        destination_id: destinationId,
        how: 'external',
        external: 1,
      });
    },
    MappingImported: ({ destinationId, status, external, sourceRemoved, error, createdAt }, about) => {
      const migrated = destinationId !== null;
      rows.put(about, {
        status: importedStatus(migrated, status),
        migrated: migrated ? 1 : 0,
        destination_id: destinationId,
        how: external ? 'external' : 'imported',
        external: external ? 1 : 0,
        source_removed: sourceRemoved ? 1 : 0,
        error_message: error,
        created_at: createdAt,
        imported: 1,
      });
    },
    TwinRecovered: ({ destinationId, proof, complete }, about) => {
      const isOurs = proof === 'marker' || proof === 'assigned-id';
      rows.put(about, {
        status: complete ? 'completed' : 'in-progress',
        migrated: complete ? 1 : 0,
        destination_id: destinationId,
        how: isOurs ? 'adopted' : 'reused',
      });
    },
    AuxiliaryCollected: ignored,
    MigrationForgotten: ({ hard }, about) => {
      if (!hard) return rows.forget(about);
      rows.remove(about);
      fidelity.remove(about);
    },
    MigrationRecalled: (_, about) => rows.recall(about),
  };
};

/** One line: tables show it. */
const errorText = ({ message, remedy }: FailureRecord): string =>
  `${message}${/[.!?]$/.test(message) ? '' : '.'} ${remedy}`;

/** Nobody works on what the Python tool left in progress. */
const importedStatus = (migrated: boolean, status: string): MappingStatus => {
  if (!migrated) return 'failed';
  return status === 'source-cleanup-failed' ? status : 'completed';
};

/** A row's columns beyond its key; those that are left out are empty. */
interface Columns {
  readonly status: MappingStatus;
  readonly plan_id?: string;
  readonly migrated?: 0 | 1;
  readonly destination_id?: string | null;
  readonly how?: string;
  readonly external?: 0 | 1;
  readonly source_removed?: 0 | 1;
  readonly error_message?: string | null;
  readonly created_at?: string;
  /** Whether it knows what became of the source: other events say that by themselves. */
  readonly imported?: 0 | 1;
}

const blank = {
  plan_id: null,
  migrated: 0,
  destination_id: null,
  how: null,
  external: 0,
  source_removed: 0,
  error_message: null,
  imported: 0,
};

const keyOf = ({ route, ref, at }: AboutMigration) => ({ ...route, type: ref.type, id: ref.id, at });

const insertion = `
  INSERT INTO mapping (source_cloud, destination_cloud, resource_type, source_id, uuid, archived, forgotten, migrated,
    created_at, updated_at, destination_id, source_removed, external, status, error_message, how, plan_id, position)
  VALUES (@source, @destination, @type, @id, @uuid, 0, 0, @migrated, @created_at, @at, @destination_id, @source_removed,
    @external, @status, @error_message, @how, @plan_id, @position)`;

/** All that the row says but since when it is there. */
const replacement = `${insertion} ON CONFLICT (source_cloud, destination_cloud, resource_type, source_id) DO UPDATE SET
  archived = 0, forgotten = 0, migrated = excluded.migrated, updated_at = excluded.updated_at,
  destination_id = excluded.destination_id, external = excluded.external,
  source_removed = iif(@imported, excluded.source_removed, source_removed),
  status = excluded.status, error_message = excluded.error_message, how = excluded.how, plan_id = excluded.plan_id,
  ${noFailure}`;

const mappingRows = (db: Database) => {
  const insert = db.prepare(insertion);
  const replace = db.prepare(replacement);
  const update = (assignments: string) => {
    const statement = db.prepare(`UPDATE mapping SET ${assignments}, updated_at = @at WHERE ${here}`);
    return (about: AboutMigration, values: object = {}): boolean =>
      statement.run({ ...keyOf(about), ...values }).changes > 0;
  };
  const full = (about: AboutMigration, columns: Columns) => ({
    ...blank,
    created_at: about.at,
    ...columns,
    ...keyOf(about),
    uuid: mappingUuid(about.route, about.ref),
    position: about.position,
  });
  const remove = db.prepare(`DELETE FROM mapping WHERE ${here}`);
  return {
    /** Changes the row, or makes it where there is none. */
    orInsert: (about: AboutMigration, columns: Columns, change: () => boolean): void => {
      if (!change()) insert.run(full(about, columns));
    },
    put: (about: AboutMigration, columns: Columns): void => void replace.run(full(about, columns)),
    remove: (about: AboutMigration): void => void remove.run(keyOf(about)),
    ...changes(update),
  };
};

type Update = (assignments: string) => (about: AboutMigration, values?: object) => boolean;

const changes = (update: Update) => {
  const start = update(`
    archived = iif(plan_id IS @planId, archived, 0),
    status = CASE WHEN ${twin} OR NOT ${goesOn} THEN status ELSE 'in-progress' END,
    error_message = iif(iif(${twin}, ${sameStep}, ${goesOn}), NULL, error_message),
    failed_attempt = iif(${goesOn}, NULL, failed_attempt),
    failed_plan = iif(${goesOn}, NULL, failed_plan),
    failed_step = iif(${goesOn}, NULL, failed_step),
    plan_id = iif(${twin}, plan_id, @planId)`);
  const startRemoval = update(`
    status = iif(${twin}, 'pending-cleanup', status), error_message = iif(${twin}, NULL, error_message), ${noFailure}`);
  const endRemoval = update(`status = iif(status = 'pending-cleanup', 'completed', status)`);
  const fail = update(`
    status = CASE WHEN NOT ${twin} THEN 'failed' WHEN @step = 'remove' THEN 'source-cleanup-failed' ELSE status END,
    error_message = iif(${keepsFirst}, error_message, @error),
    failed_attempt = iif(${keepsFirst}, failed_attempt, @attempt),
    failed_step = iif(${keepsFirst}, failed_step, @stepId),
    failed_plan = @planId`);
  // Steps that nobody had taken are given up as well: only what was in hand has changed.
  const abandon = update(`
    error_message = iif(status IN ('in-progress', 'pending-cleanup'), @error, error_message),
    status = CASE status WHEN 'in-progress' THEN 'failed' WHEN 'pending-cleanup' THEN 'source-cleanup-failed'
      ELSE status END`);
  const identify = update(`
    destination_id = @destinationId, how = @how, plan_id = @planId, status = 'in-progress', migrated = 0, archived = 0,
    forgotten = 0, external = 0`);
  const discard = update(`
    destination_id = NULL, how = NULL, status = iif(migrated, 'in-progress', status), migrated = 0`);
  const beginRollBack = update(`migrated = 0, status = 'in-progress', error_message = NULL`);
  const rollBack = update(`
    destination_id = NULL, how = NULL, migrated = 0, status = 'rolled-back', error_message = NULL, ${noFailure}`);
  const removeSource = update(`source_removed = 1, status = 'completed', error_message = NULL, ${noFailure}`);
  const forget = update('archived = 1, forgotten = 1');
  const recall = update(`
    error_message = iif(migrated AND status IN ('in-progress', 'failed'), NULL, error_message),
    status = iif(migrated AND status IN ('in-progress', 'failed'), 'completed', status),
    archived = 0, forgotten = 0`);
  return {
    start: (about: AboutMigration, attempt: { planId: string; stepId: string; attempt: number }) =>
      start(about, attempt),
    startRemoval: (about: AboutMigration): void => void startRemoval(about),
    endRemoval: (about: AboutMigration): void => void endRemoval(about),
    fail: (about: AboutMigration, failed: FailedStep): void => void fail(about, failed),
    abandon: (about: AboutMigration, given: FailedStep): void => void abandon(about, given),
    identify: (about: AboutMigration, found: { planId: string; destinationId: string; how: string }) =>
      identify(about, found),
    discard: (about: AboutMigration): void => void discard(about),
    beginRollBack: (about: AboutMigration): void => void beginRollBack(about),
    rollBack: (about: AboutMigration): void => void rollBack(about),
    removeSource: (about: AboutMigration): void => void removeSource(about),
    forget: (about: AboutMigration): void => void forget(about),
    recall: (about: AboutMigration): void => void recall(about),
  };
};

interface FailedStep {
  readonly planId: string;
  readonly stepId: string;
  readonly step: string;
  readonly attempt: number;
  readonly error: string;
}

/** How many attributes have come to which verdict. */
const verdictCounts = (equal: readonly string[], others: readonly AttributeFidelity[]) => {
  const count = (wanted: Verdict): number => others.filter(({ verdict }) => verdict === wanted).length;
  return {
    equals: equal.length + count('equal'),
    mapped: count('mapped'),
    lost: count('lost'),
    impossible: count('impossible'),
    unknown: count('unknown'),
  };
};

const fidelityRows = (db: Database) => {
  const put = db.prepare(`
    INSERT OR REPLACE INTO fidelity (source_cloud, destination_cloud, resource_type, source_id, plan_id, destination_id,
      verified_at, equal, others, equal_count, mapped_count, lost_count, impossible_count, unknown_count)
    VALUES (@source, @destination, @type, @id, @planId, @destinationId, @at, @equal, @others, @equals, @mapped, @lost,
      @impossible, @unknown)`);
  const remove = db.prepare(`DELETE FROM fidelity WHERE ${here}`);
  return {
    put: (
      about: AboutMigration,
      verified: { planId: string; destinationId: string; equal: string; others: string } & ReturnType<
        typeof verdictCounts
      >,
    ) => void put.run({ ...keyOf(about), ...verified }),
    remove: (about: AboutMigration): void => void remove.run(keyOf(about)),
  };
};
