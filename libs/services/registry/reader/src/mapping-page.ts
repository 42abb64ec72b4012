import type { Answers, MappingRow, RequestOf } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { searchMappings } from './search-mappings.ts';
import { mappingColumns, mappingOf, mappings, mappingTables, type RawMapping } from './mappings.ts';
import { keyOf, pageOf, usualLimit, withTotal } from './page.ts';
import { totalOf } from './total.ts';
import { equals, has, where, type Condition } from './where.ts';

/** The mappings that fit, newest first, a page of them. */
export const mappingPage = (
  db: Database,
  asked: RequestOf<'registry.mapping-page'>,
): Answers['registry.mapping-page'] => {
  const { limit = usualLimit } = asked;
  const [position] = keyOf(asked.after, 'number') ?? [];
  const { by, fit } = conditionsOf(db, asked);
  const { sql, values } = where(
    ...by,
    ...fit,
    position === undefined ? undefined : { sql: 'm.position < ?', values: [position] },
  );
  const rows = db
    .prepare<(string | number)[], RawMapping & { readonly position: number }>(
      `SELECT ${mappingColumns}, m.position FROM ${mappingTables} ${sql} ORDER BY m.position DESC LIMIT ?`,
    )
    .all(...values, limit + 1);
  const page = pageOf(
    rows,
    limit,
    (row) => [row.position],
    ({ position: _, ...row }) => mappingOf(row),
  );
  return withTotal(page, asked.after, () => totalOf(db, { from: mappingTables, by, fit }));
};

/** What is asked for: by indexes, and of each row that they find. */
const conditionsOf = (db: Database, asked: RequestOf<'registry.mapping-page'>) => {
  const found = asked.q === undefined || asked.q === '' ? undefined : searchMappings(db, asked.q);
  const few: Condition = found === undefined ? undefined : among(found);
  // Without an index of its own where the few that were found decide already.
  const indexed = (column: string): string => (few === undefined ? column : `+${column}`);
  return {
    by: [
      few,
      equals(indexed('m.resource_type'), asked.type),
      equals(indexed('m.status'), asked.status),
      equals(indexed('m.plan_id'), asked.planId),
    ],
    fit: [
      equals('m.source_cloud', asked.route?.source),
      equals('m.destination_cloud', asked.route?.destination),
      equals('t.service', asked.service),
      equals('i.project_id', asked.projectId),
      equals('m.archived', asked.archived ?? false),
      equals('m.external', asked.external),
      equals('m.source_removed', asked.sourceRemoved),
      few === undefined
        ? has(['coalesce(i.search, lower(m.source_id))', "lower(coalesce(m.destination_id, ''))"], asked.q)
        : undefined,
    ],
  };
};

const among = (positions: readonly number[]): Condition => ({
  sql: 'm.position IN (SELECT value FROM json_each(?))',
  values: [JSON.stringify(positions)],
});

/** One mapping, also an archived one. Raises `no-such-mapping`. */
export const mapping = (db: Database, uuid: string): MappingRow => {
  const [row] = mappings(db, { uuid, includeArchived: true });
  if (row !== undefined) return row;
  throw new Failure('no-such-mapping', `cannot find mapping ${uuid}: there is no record of this uuid`, {
    remedy: 'Look at the list of mappings for their uuids.',
  });
};
