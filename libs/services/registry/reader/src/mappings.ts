import type { MappingRow, MappingStatus, RequestOf } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import { equals, where } from './where.ts';

/** A mapping as SQLite tells it. */
export interface RawMapping extends Omit<MappingRow, 'archived' | 'source_removed' | 'external' | 'status'> {
  readonly archived: 0 | 1;
  readonly source_removed: 0 | 1;
  readonly external: 0 | 1;
  readonly status: MappingStatus;
}

/** A forgotten resource that is worked on again has no twin yet: the one before counts only if it is recalled. */
const unlessForgotten = (column: string): string =>
  `CASE WHEN m.forgotten AND NOT m.archived THEN NULL ELSE m.${column} END AS ${column}`;

/** The columns of `RawMapping`, of `mappingTables`. */
export const mappingColumns = `m.uuid, m.archived, m.created_at, m.updated_at, coalesce(t.service, 'unknown') AS service,
  m.resource_type, m.source_cloud, m.destination_cloud, m.source_id, ${unlessForgotten('destination_id')},
  m.source_removed, m.external, m.status, m.error_message, i.name, i.project_id, ${unlessForgotten('how')}, m.plan_id`;

/** A mapping with what the inventory knows of its source, and the service of its type. */
export const mappingTables = `mapping m
  LEFT JOIN inventory i ON i.cloud = m.source_cloud AND i.resource_type = m.resource_type AND i.source_id = m.source_id
  LEFT JOIN resource_type t ON t.type = m.resource_type`;

/** A mapping as people see it. */
export const mappingOf = (row: RawMapping): MappingRow => ({
  ...row,
  archived: row.archived === 1,
  source_removed: row.source_removed === 1,
  external: row.external === 1,
});

/** The mappings that fit, newest first; archived ones only where they are asked for. */
export const mappings = (db: Database, asked: RequestOf<'registry.mappings'>): readonly MappingRow[] => {
  const archived = asked.archived ?? (asked.includeArchived === true ? undefined : false);
  const { sql, values } = where(
    equals('m.source_cloud', asked.route?.source),
    equals('m.destination_cloud', asked.route?.destination),
    equals('t.service', asked.service),
    equals('m.resource_type', asked.type),
    equals('m.status', asked.status),
    equals('m.source_id', asked.sourceId),
    equals('m.uuid', asked.uuid),
    equals('m.archived', archived),
    equals('m.external', asked.external),
    equals('m.source_removed', asked.sourceRemoved),
  );
  return db
    .prepare<(string | number)[], RawMapping>(
      `SELECT ${mappingColumns} FROM ${mappingTables} ${sql} ORDER BY m.position DESC`,
    )
    .all(...values)
    .map(mappingOf);
};
