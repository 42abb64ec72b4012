import type { Answers, MappingRow, RequestOf } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { mappingColumns, mappingOf, mappings, mappingTables, type RawMapping } from './mappings.ts';
import { keyOf, pageOf, usualLimit } from './page.ts';
import { equals, has, where } from './where.ts';

/** The mappings that fit, newest first, a page of them. */
export const mappingPage = (
  db: Database,
  asked: RequestOf<'registry.mapping-page'>,
): Answers['registry.mapping-page'] => {
  const { limit = usualLimit } = asked;
  const [position] = keyOf(asked.after, 'number') ?? [];
  const { sql, values } = where(
    equals('m.source_cloud', asked.route?.source),
    equals('m.destination_cloud', asked.route?.destination),
    equals('t.service', asked.service),
    equals('m.resource_type', asked.type),
    equals('m.status', asked.status),
    equals('m.plan_id', asked.planId),
    equals('i.project_id', asked.projectId),
    equals('m.archived', asked.archived ?? false),
    equals('m.external', asked.external),
    equals('m.source_removed', asked.sourceRemoved),
    has(['coalesce(i.search, m.source_id)', "coalesce(m.destination_id, '')"], asked.q),
    position === undefined ? undefined : { sql: 'm.position < ?', values: [position] },
  );
  const rows = db
    .prepare<(string | number)[], RawMapping & { readonly position: number }>(
      `SELECT ${mappingColumns}, m.position FROM ${mappingTables} ${sql} ORDER BY m.position DESC LIMIT ?`,
    )
    .all(...values, limit + 1);
  return pageOf(
    rows,
    limit,
    (row) => [row.position],
    ({ position: _, ...row }) => mappingOf(row),
  );
};

/** One mapping, also an archived one. Raises `no-such-mapping`. */
export const mapping = (db: Database, uuid: string): MappingRow => {
  const [row] = mappings(db, { uuid, includeArchived: true });
  if (row !== undefined) return row;
  throw new Failure('no-such-mapping', `cannot find mapping ${uuid}: there is no record of this uuid`, {
    remedy: 'Look at the list of mappings for their uuids.',
  });
};
