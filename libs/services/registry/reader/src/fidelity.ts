import type { AttributeFidelity, FidelityRow, RequestOf } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import { equals, where } from './where.ts';

/** Whose attributes a row is about. */
export type About = Pick<FidelityRow, 'resource_type' | 'source_id' | 'destination_id' | 'name' | 'project_id'>;
/** The report of one twin as the table has it. */
export type RawFidelity = About & { readonly equal: string; readonly others: string };

/** What became of each attribute of the twins that count, a row each, by type, id and attribute. */
export const fidelity = (db: Database, asked: RequestOf<'registry.fidelity'>): readonly FidelityRow[] => {
  const { sql, values } = where(
    equals('f.source_cloud', asked.route?.source),
    equals('f.destination_cloud', asked.route?.destination),
    equals('f.resource_type', asked.type),
    equals('f.source_id', asked.id),
    equals('f.plan_id', asked.planId),
    equals('i.project_id', asked.projectId),
    equals('m.archived', false),
  );
  return db
    .prepare<(string | number)[], RawFidelity>(
      `SELECT f.resource_type, f.source_id, f.destination_id, i.name, i.project_id, f.equal, f.others FROM fidelity f
       JOIN mapping m USING (source_cloud, destination_cloud, resource_type, source_id)
       LEFT JOIN inventory i ON i.cloud = f.source_cloud AND i.resource_type = f.resource_type AND i.source_id = f.source_id
       ${sql} ORDER BY f.resource_type, f.source_id, f.source_cloud, f.destination_cloud`,
    )
    .all(...values)
    .flatMap(expanded);
};

/** A row for each attribute, by its name. */
export const expanded = ({ equal, others, ...about }: RawFidelity): readonly FidelityRow[] => {
  const equals = (JSON.parse(equal) as string[]).map((attribute) => told(about, { attribute, verdict: 'equal' }));
  const rest = (JSON.parse(others) as AttributeFidelity[]).map((one) => told(about, one));
  return [...equals, ...rest].sort((a, b) => (a.attribute < b.attribute ? -1 : 1));
};

const told = (about: About, { attribute, verdict, reason, source, destination }: AttributeFidelity): FidelityRow => ({
  ...about,
  attribute,
  verdict,
  reason: reason ?? null,
  source: source ?? null,
  destination: destination ?? null,
});
