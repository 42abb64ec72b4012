import type { ScanEvent } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import type { Projection } from './projection.ts';

/** Which scan an event is about, and when it was written. */
export interface AboutScan {
  readonly scanId: string;
  readonly at: string;
}

/** How far each scan is. */
export const scanProjection = (db: Database): Projection<ScanEvent, AboutScan> => {
  const request = db.prepare(`
    INSERT INTO scan (scan_id, cloud, multitenant, status, seen, requested_by, created_at, updated_at)
    VALUES (?, ?, ?, 'running', 0, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const awaitType = db.prepare(`
    INSERT INTO scan_type (scan_id, type, ordinal, outcome, seen, changed, vanished)
    VALUES (?, ?, ?, 'waiting', 0, 0, 0) ON CONFLICT DO NOTHING`);
  const finishType = db.prepare(`
    UPDATE scan_type SET outcome = ?, seen = ?, changed = ?, vanished = ?, failure = ? WHERE scan_id = ? AND type = ?`);
  const count = db.prepare('UPDATE scan SET seen = seen + ?, updated_at = ? WHERE scan_id = ?');
  const complete = db.prepare(`UPDATE scan SET status = 'completed', seen = ?, updated_at = ? WHERE scan_id = ?`);
  return {
    ScanRequested: ({ cloud, types, multitenant, by }, { scanId, at }) => {
      request.run(scanId, cloud, Number(multitenant), by, at, at);
      types.forEach((type, ordinal) => awaitType.run(scanId, type, ordinal));
    },
    ScanTypeFinished: ({ type, outcome, seen, changed, vanished, failure }, { scanId, at }) => {
      const told = failure === undefined ? null : JSON.stringify(failure);
      finishType.run(outcome, seen, changed, vanished, told, scanId, type);
      count.run(seen, at, scanId);
    },
    ScanCompleted: ({ seen }, { scanId, at }) => {
      complete.run(seen, at, scanId);
    },
  };
};
