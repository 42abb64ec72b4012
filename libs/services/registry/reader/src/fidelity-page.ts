import type { Answers, FidelityCount, FidelityRow, RequestOf, Verdict } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import { expanded, type RawFidelity } from './fidelity.ts';
import { cursorOf, keyOf, usualLimit, withTotal } from './page.ts';
import { totalOf } from './total.ts';
import { equals, where, type Condition } from './where.ts';

type Row = RawFidelity & { readonly source_cloud: string; readonly destination_cloud: string };

// CROSS: SQLite is to go along the reports, whose key is the order of the pages.
const tables = `fidelity f
  CROSS JOIN mapping m USING (source_cloud, destination_cloud, resource_type, source_id)
  LEFT JOIN inventory i ON i.cloud = f.source_cloud AND i.resource_type = f.resource_type AND i.source_id = f.source_id`;

const order = 'f.source_cloud, f.destination_cloud, f.resource_type, f.source_id';

/** What became of each attribute of the twins that count, by route, type, id and attribute, a page of it. */
export const fidelityPage = (
  db: Database,
  asked: RequestOf<'registry.fidelity-page'>,
): Answers['registry.fidelity-page'] => {
  const { limit = usualLimit, verdict } = asked;
  const key = keyOf(asked.after, 'string', 'string', 'string', 'string', 'string');
  const by = [
    equals('f.source_cloud', asked.route?.source),
    equals('f.destination_cloud', asked.route?.destination),
    equals('f.resource_type', asked.type),
    equals('f.source_id', asked.id),
    equals('f.plan_id', asked.planId),
  ];
  const fit = [
    equals('i.project_id', asked.projectId),
    equals('m.archived', false),
    verdict === undefined ? undefined : { sql: `f.${verdict}_count > 0`, values: [] },
  ];
  const { sql, values } = where(...by, ...fit, goesOn(key));
  const statement = db.prepare<(string | number)[], Row>(
    `SELECT ${order}, f.destination_id, i.name, i.project_id, f.equal, f.others FROM ${tables} ${sql} ORDER BY ${order}`,
  );
  const items: FidelityRow[] = [];
  const told = (next: string | null) =>
    withTotal({ items, next }, asked.after, () => totalOf(db, { from: tables, by, fit, weight: weightOf(verdict) }));
  let last: string | null = null;
  for (const { source_cloud, destination_cloud, ...row } of statement.iterate(...values)) {
    const where = [source_cloud, destination_cloud, row.resource_type, row.source_id];
    for (const one of expanded(row)) {
      if (verdict !== undefined && one.verdict !== verdict) continue;
      if (key !== undefined && isBefore([...where, one.attribute], key)) continue;
      if (items.length === limit) return told(last);
      items.push(one);
      last = cursorOf([...where, one.attribute]);
    }
  }
  return told(null);
};

/** A report stands for as many rows as it has attributes. */
const weightOf = (verdict: Verdict | undefined): string =>
  verdict === undefined
    ? 'f.equal_count + f.mapped_count + f.lost_count + f.impossible_count + f.unknown_count'
    : `f.${verdict}_count`;

/** From the resource of the last row on, which may have more attributes. */
const goesOn = (key: readonly (string | number)[] | undefined): Condition =>
  key === undefined ? undefined : { sql: `(${order}) >= (?, ?, ?, ?)`, values: key.slice(0, 4) };

const isBefore = (row: readonly string[], key: readonly (string | number)[]): boolean => {
  const attribute = row[4] ?? '';
  return row.slice(0, 4).every((part, at) => part === key[at]) && attribute <= String(key[4]);
};

/** How many attributes have come to which verdict, by project and type. */
export const fidelitySummary = (
  db: Database,
  asked: RequestOf<'registry.fidelity-summary'>,
): Answers['registry.fidelity-summary'] => {
  const { sql, values } = where(
    equals('f.source_cloud', asked.route?.source),
    equals('f.destination_cloud', asked.route?.destination),
    equals('f.plan_id', asked.planId),
    equals('m.archived', false),
  );
  return db
    .prepare<(string | number)[], FidelityCount>(
      `SELECT i.project_id, p.name AS project_name, f.resource_type, count(*) AS resources, sum(f.equal_count) AS equal,
         sum(f.mapped_count) AS mapped, sum(f.lost_count) AS lost, sum(f.impossible_count) AS impossible,
         sum(f.unknown_count) AS unknown
       FROM ${tables}
       LEFT JOIN inventory p ON p.cloud = f.source_cloud AND p.resource_type = 'project' AND p.source_id = i.project_id
       ${sql} GROUP BY i.project_id, f.resource_type ORDER BY p.name, i.project_id, f.resource_type`,
    )
    .all(...values);
};
