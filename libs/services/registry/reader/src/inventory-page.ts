import type { Answers, InventoryCount, InventoryPageRow, RequestOf } from '@osm/contracts';
import { Failure, type JsonObject } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { keyOf, pageOf, usualLimit, withTotal } from './page.ts';
import { countedAtMost, totalOf } from './total.ts';
import { equals, has, where } from './where.ts';

type Flat = Omit<InventoryPageRow, 'vanished' | 'unknown' | 'mapping'>;
type Row = Flat & { readonly vanished: 0 | 1; readonly unknown: string };

const columns = 'cloud, resource_type, source_id, name, project_id, vanished, observed_at, unknown';

/** Entries of an index that has all that is asked for: ten of them are as quick as one row. */
const countedByIndex = 200_000;

/** What was seen of a cloud, by type, name and id, a page of it. */
export const inventoryPage = (
  db: Database,
  asked: RequestOf<'registry.inventory-page'>,
): Answers['registry.inventory-page'] => {
  const { limit = usualLimit } = asked;
  const key = keyOf(asked.after, 'string', 'string', 'string');
  const by = [
    equals('cloud', asked.cloud),
    equals('resource_type', asked.type),
    equals('project_id', asked.projectId),
    equals('vanished', asked.vanished),
  ];
  const search = has(['search'], asked.q);
  const { sql, values } = where(
    ...by,
    search,
    key === undefined ? undefined : { sql: '(resource_type, label, source_id) > (?, ?, ?)', values: key },
  );
  const rows = db
    .prepare<(string | number)[], Row & { readonly label: string }>(
      // All that is asked for stands in this index: rows that do not fit are passed over without being read.
      `SELECT ${columns}, label FROM inventory INDEXED BY inventory_page ${sql}
       ORDER BY resource_type, label, source_id LIMIT ?`,
    )
    .all(...values, limit + 1);
  const shown = rowsOf(db);
  const page = pageOf(
    rows,
    limit,
    ({ resource_type: type, label, source_id: id }) => [type, label, id],
    ({ label: _, ...row }) => shown(row),
  );
  return withTotal(page, asked.after, () =>
    search === undefined
      ? totalOf(db, { from: 'inventory INDEXED BY inventory_count', by, atMost: countedByIndex })
      : totalOf(db, { from: 'inventory INDEXED BY inventory_page', by, fit: [search], atMost: countedAtMost }),
  );
};

/** One resource with its attributes as the cloud showed them. Raises `no-such-resource`. */
export const resource = (
  db: Database,
  { cloud, type, id }: RequestOf<'registry.resource'>,
): Answers['registry.resource'] => {
  const row = db
    .prepare<[string, string, string], Row & { readonly attributes: string }>(
      `SELECT ${columns}, attributes FROM inventory WHERE cloud = ? AND resource_type = ? AND source_id = ?`,
    )
    .get(cloud, type, id);
  if (row === undefined) {
    throw new Failure('no-such-resource', `cannot find ${type} ${id}: no scan of ${cloud} has seen it`, {
      remedy: `Check the id and the type, or scan ${cloud} again.`,
    });
  }
  const { attributes, ...rest } = row;
  return { ...rowsOf(db)(rest), attributes: JSON.parse(attributes) as JsonObject };
};

/** How many resources of each type each project has. */
export const inventorySummary = (db: Database, cloud: string): Answers['registry.inventory-summary'] =>
  db
    .prepare<[string], InventoryCount>(
      `SELECT json_extract(p.attributes, '$.domain_id') AS domain_id, d.name AS domain_name, c.project_id,
         p.name AS project_name, c.resource_type, c.present, c.vanished
       FROM (SELECT cloud, project_id, resource_type, sum(NOT vanished) AS present, sum(vanished) AS vanished
         FROM inventory INDEXED BY inventory_count WHERE cloud = ? GROUP BY project_id, resource_type) c
       LEFT JOIN inventory p ON p.cloud = c.cloud AND p.resource_type = 'project' AND p.source_id = c.project_id
       LEFT JOIN inventory d ON d.cloud = c.cloud AND d.resource_type = 'domain'
         AND d.source_id = json_extract(p.attributes, '$.domain_id')
       ORDER BY d.name, p.name, c.project_id, c.resource_type`,
    )
    .all(cloud);

const rowsOf = (db: Database): ((row: Row) => InventoryPageRow) => {
  const newest = db.prepare<[string, string, string], NonNullable<InventoryPageRow['mapping']>>(
    `SELECT uuid, status, destination_cloud, destination_id FROM mapping INDEXED BY mapping_ids
     WHERE source_id = ? AND source_cloud = ? AND resource_type = ? AND NOT archived ORDER BY position DESC LIMIT 1`,
  );
  return (row) => ({
    ...row,
    vanished: row.vanished === 1,
    unknown: JSON.parse(row.unknown) as string[],
    mapping: newest.get(row.source_id, row.cloud, row.resource_type) ?? null,
  });
};
