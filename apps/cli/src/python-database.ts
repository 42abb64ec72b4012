import { openSync, readSync, closeSync } from 'node:fs';
import { refKey, routeKey, type Ref, type Route } from '@osm/kernel';
import { Failure } from '@osm/kernel';
import Database from 'better-sqlite3';

/** A record of the Python tool, as `migration.import` takes it. */
export interface PythonMapping {
  readonly route: Route;
  readonly ref: Ref;
  readonly destinationId: string | null;
  readonly status: string;
  readonly external: boolean;
  readonly sourceRemoved: boolean;
  readonly error: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

interface Row {
  readonly resource_type: string | null;
  readonly source_cloud: string | null;
  readonly destination_cloud: string | null;
  readonly source_id: string | null;
  readonly destination_id: string | null;
  readonly source_removed: number | null;
  readonly external: number | null;
  readonly status: string | null;
  readonly error_message: string | null;
  readonly created_at: string | null;
}

const columns = [
  'resource_type',
  'source_cloud',
  'destination_cloud',
  'source_id',
  'destination_id',
  'source_removed',
  'external',
  'status',
  'error_message',
  'created_at',
  'archived',
];

/**
 * The records of the Python tool's database that count: of each resource the newest one that is not archived, and of
 * those one with a twin before a failed attempt. Empty where the file is not that tool's. The file is only read. Records
 * without names of clouds are of the clouds that the configuration names.
 */
export const readPythonDatabase = (
  file: string,
  clouds: { readonly sourceCloud?: string | undefined; readonly destinationCloud?: string | undefined },
): readonly PythonMapping[] => {
  if (!isSqlite(file)) return [];
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    try {
      return newest(rowsOf(db).flatMap((row) => mappingOf(row, clouds)));
    } finally {
      db.close();
    }
  } catch (error) {
    throw new Failure('unreadable-database', `cannot read database_file ${file}: ${String(error)}`, {
      remedy: 'Correct database_file, or move the file away if its records are not wanted.',
      cause: error,
    });
  }
};

const isSqlite = (file: string): boolean => {
  const head = Buffer.alloc(16);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, 16, 0);
  } finally {
    closeSync(descriptor);
  }
  return head.toString('latin1') === 'SQLite format 3\0';
};

const rowsOf = (db: Database.Database): readonly Row[] => {
  const found = db.prepare<[], { name: string }>("SELECT name FROM pragma_table_info('migrations')").all();
  const names = new Set(found.map(({ name }) => name));
  if (!columns.every((column) => names.has(column))) return [];
  return db
    .prepare<[], Row>(
      `SELECT ${columns.join(', ')} FROM migrations WHERE NOT coalesce(archived, 0) ORDER BY created_at DESC, id DESC`,
    )
    .all();
};

const mappingOf = (
  row: Row,
  clouds: { readonly sourceCloud?: string | undefined; readonly destinationCloud?: string | undefined },
): readonly PythonMapping[] => {
  const source = row.source_cloud ?? clouds.sourceCloud;
  const destination = row.destination_cloud ?? clouds.destinationCloud;
  const { resource_type: type, source_id: id } = row;
  if (source === undefined || destination === undefined || !type || !id) return [];
  return [
    {
      route: { source, destination },
      ref: { type, id },
      destinationId: row.destination_id === '' ? null : row.destination_id,
      status: row.status ?? 'failed',
      external: row.external === 1,
      sourceRemoved: row.source_removed === 1,
      error: row.error_message,
      createdAt: isoOf(row.created_at),
    },
  ];
};

/** The tool writes local time without saying so. */
const isoOf = (text: string | null): string => {
  const time = new Date((text ?? '').replace(' ', 'T').replace(/(\.\d{3})\d+$/, '$1'));
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
};

const newest = (mappings: readonly PythonMapping[]): readonly PythonMapping[] => {
  const kept = new Map<string, PythonMapping>();
  for (const mapping of mappings) {
    const key = `${routeKey(mapping.route)}/${refKey(mapping.ref)}`;
    const known = kept.get(key);
    if (known === undefined || (known.destinationId === null && mapping.destinationId !== null)) kept.set(key, mapping);
  }
  // Oldest first, as they came about.
  return [...kept.values()].reverse();
};
