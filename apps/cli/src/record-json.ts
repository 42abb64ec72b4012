import type { MappingRow } from '@osm/contracts';
import { projectOf } from './service-words.ts';

/** A record as the Python tool writes it: the same fields in the same order, then ours. */
export const recordJson = (row: MappingRow) => ({
  uuid: row.uuid,
  archived: row.archived,
  created_at: row.created_at,
  updated_at: row.updated_at,
  service: projectOf(row.service),
  resource_type: row.resource_type,
  source_cloud: row.source_cloud,
  destination_cloud: row.destination_cloud,
  source_id: row.source_id,
  destination_id: row.destination_id,
  source_removed: row.source_removed,
  external: row.external,
  status: row.status,
  error_message: row.error_message,
  name: row.name,
  project_id: row.project_id,
  how: row.how,
  plan_id: row.plan_id,
});
