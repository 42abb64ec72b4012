import type { Answers, CloudRow } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { Database } from 'better-sqlite3';

type Scan = Answers['registry.scan'];
type ScanType = Scan['types'][number];

/** One scan and what became of each of its types; `waiting` are those that are still to be listed. Raises `no-such-scan`. */
export const scan = (db: Database, scanId: string): Scan => {
  const row = db
    .prepare<[string], Omit<Scan, 'types'>>('SELECT scan_id, cloud, status, seen FROM scan WHERE scan_id = ?')
    .get(scanId);
  if (row === undefined) {
    throw new Failure('no-such-scan', `cannot find scan ${scanId}: there is no scan of this id`, {
      remedy: 'Start a new scan.',
    });
  }
  const types = db
    .prepare<[string], Omit<ScanType, 'failure'> & { readonly failure: string }>(
      `SELECT type, outcome, seen, coalesce(failure, 'null') AS failure FROM scan_type WHERE scan_id = ? ORDER BY ordinal`,
    )
    .all(scanId)
    .map((type) => ({ ...type, failure: JSON.parse(type.failure) as ScanType['failure'] }));
  return { ...row, types };
};

/** The clouds that were looked at, each with its newest scan, by name. */
export const clouds = (db: Database): Answers['registry.clouds'] =>
  db
    .prepare<[], CloudRow>(
      // SQLite takes the other columns from the row that has the maximum.
      `SELECT cloud, scan_id, status, seen, max(created_at) AS scanned_at FROM scan GROUP BY cloud ORDER BY cloud`,
    )
    .all();
