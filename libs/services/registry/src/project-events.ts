import {
  decodeEvent,
  parseSubject,
  type DomainEvent,
  type InventoryEvent,
  type MigrationEvent,
  type PlanEvent,
  type RecordedEvent,
  type ScanEvent,
} from '@osm/contracts';
import { isFailure } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { inventoryProjection } from './inventory-projection.ts';
import { mappingProjection, type IsAuxiliary } from './mapping-projection.ts';
import { planProjection } from './plan-projection.ts';
import { apply } from './projection.ts';
import { scanProjection } from './scan-projection.ts';

export interface ProjectionOptions {
  readonly isAuxiliary: IsAuxiliary;
  /** Hears of what was passed over. */
  readonly warn: (message: string) => void;
}

/** Projects a batch, oldest event first, and answers the position that the database has then come to. */
export type ProjectEvents = (batch: readonly RecordedEvent[]) => number;

/**
 * Writes events into the tables. A batch and its checkpoint are one transaction: a crash loses both or neither, and what
 * is delivered again is passed over. Event types that this version does not know are passed over as well, with a warning
 * for each type; a newer version of a known type raises `newer-event`.
 */
export const projectEvents = (db: Database, { isAuxiliary, warn }: ProjectionOptions): ProjectEvents => {
  const project = projecting(db, isAuxiliary);
  const position = db.prepare<[], number>('SELECT position FROM checkpoint').pluck();
  const save = db.prepare('UPDATE checkpoint SET position = ?, log = coalesce(log, ?)');
  const warned = new Set<string>();
  const decoded = (recorded: RecordedEvent): DomainEvent | undefined => {
    try {
      return decodeEvent(recorded);
    } catch (error) {
      if (!isFailure(error) || error.code !== 'unknown-event') throw error;
      if (!warned.has(recorded.type))
        warn(`passing over events of type ${recorded.type}: this version does not know it`);
      warned.add(recorded.type);
      return undefined;
    }
  };
  return db.transaction((batch: readonly RecordedEvent[]): number => {
    const before = position.get() ?? 0;
    const fresh = batch.filter((recorded) => recorded.position > before);
    project.begin();
    for (const recorded of fresh) {
      const event = decoded(recorded);
      if (event !== undefined) project.one(event, recorded);
    }
    project.flush();
    const last = fresh.at(-1)?.position ?? before;
    if (last > before) save.run(last, fresh[0]?.id ?? null);
    return last;
  }).immediate;
};

const projecting = (db: Database, isAuxiliary: IsAuxiliary) => {
  const scans = scanProjection(db);
  const resources = inventoryProjection(db);
  const plans = planProjection(db);
  const migrations = mappingProjection(db, isAuxiliary);
  const one = (event: DomainEvent, { subject, at, position }: RecordedEvent): void => {
    const about = parseSubject(subject);
    // A subject holds events of its own kind of aggregate only: that is how they were written.
    switch (about.aggregate) {
      case 'scan':
        return apply(scans, event as ScanEvent, { ...about, at });
      case 'inventory':
        return apply(resources, event as InventoryEvent, { ...about, at });
      case 'plan':
        return apply(plans.projection, event as PlanEvent, { planId: about.planId, at, position });
      case 'migration':
        return apply(migrations, event as MigrationEvent, { ...about, at, position });
      case 'limits':
      case 'access':
        // Of no record: whoever moves bytes, or asks who somebody is, reads it from the log.
        return;
    }
  };
  return { one, begin: plans.begin, flush: plans.flush };
};
