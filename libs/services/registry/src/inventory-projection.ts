import type { InventoryEvent } from '@osm/contracts';
import type { Ref } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import type { Projection } from './projection.ts';
import { searchText } from './search-text.ts';

/** Which resource an event is about, and when it was written. */
export interface AboutInventory {
  readonly cloud: string;
  readonly ref: Ref;
  readonly at: string;
}

/** What scans saw last. A resource that vanished keeps its row: its mapping still wants its name. */
export const inventoryProjection = (db: Database): Projection<InventoryEvent, AboutInventory> => {
  const observe = db.prepare(`
    INSERT OR REPLACE INTO inventory (cloud, resource_type, source_id, name, project_id, vanished, scan_id, observed_at,
      fingerprint, attributes, unknown, label, search) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`);
  const vanish = db.prepare(
    'UPDATE inventory SET vanished = 1, scan_id = ? WHERE cloud = ? AND resource_type = ? AND source_id = ?',
  );
  return {
    ResourceObserved: (data, { cloud, ref, at }) => {
      const { name, projectId, scanId, fingerprint, attributes, unknown } = data;
      const shown = JSON.stringify(attributes);
      const search = searchText(name, ref.id, shown);
      const texts = [shown, JSON.stringify(unknown), name ?? '', search];
      observe.run(cloud, ref.type, ref.id, name, projectId, scanId, at, fingerprint, ...texts);
    },
    ResourceVanished: ({ scanId }, { cloud, ref }) => {
      vanish.run(scanId, cloud, ref.type, ref.id);
    },
  };
};
