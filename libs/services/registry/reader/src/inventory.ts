import type { InventoryRow, RequestOf } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import { equals, where, type Condition } from './where.ts';

type Row = Omit<InventoryRow, 'vanished' | 'unknown'> & { readonly vanished: 0 | 1; readonly unknown: string };

/** Filters that have a column of their own: what the type calls its name or its project may have another name in the API. */
const columns: { readonly [filter: string]: string } = { id: 'source_id', name: 'name', project_id: 'project_id' };

/** A raw attribute as people write its value: `true`, `null`, `1450`, `ACTIVE`. */
const attributeIs = (name: string, value: string): Condition => ({
  sql: `EXISTS (SELECT 1 FROM json_each(inventory.attributes) AS attribute WHERE attribute.key = ? AND CASE
    WHEN attribute.type IN ('true', 'false', 'null') THEN attribute.type = lower(?)
    ELSE CAST(attribute.value AS TEXT) = ? END)`,
  values: [name, value, value],
});

/** What was seen of a cloud, also what has vanished since, by type, name and id. All filters have to fit. */
export const inventory = (db: Database, asked: RequestOf<'registry.inventory'>): readonly InventoryRow[] => {
  const filters = Object.entries(asked.filters ?? {}).map(([name, value]) => {
    const column = columns[name];
    return column === undefined ? attributeIs(name, value) : equals(column, value);
  });
  const { sql, values } = where(
    equals('cloud', asked.cloud),
    equals('resource_type', asked.type),
    equals('source_id', asked.id),
    ...filters,
  );
  return db
    .prepare<(string | number)[], Row>(
      `SELECT cloud, resource_type, source_id, name, project_id, vanished, unknown FROM inventory
       ${sql} ORDER BY resource_type, name, source_id`,
    )
    .all(...values)
    .map((row) => ({ ...row, vanished: row.vanished === 1, unknown: JSON.parse(row.unknown) as string[] }));
};
