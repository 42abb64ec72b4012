import { projectionRules } from '@osm/services/registry/reader';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/sqlite';
import Database from 'better-sqlite3';
import { keepPrivate } from './keep-private.ts';
import { migrations } from './migrations.ts';
import { tables } from './tables.ts';

/** The registry's database, open for writing, its tables up to date. */
export interface Store {
  readonly file: string;
  readonly orm: MikroORM;
  /** The connection beneath the ORM: projections and queries are prepared statements. */
  readonly db: Database.Database;
  close(): Promise<void>;
}

/** Opens a database, makes it where there is none, and brings its tables up to date. */
export const openStore = async (file: string): Promise<Store> => {
  keepPrivate(file);
  const orm = await MikroORM.init({
    entities: tables,
    dbName: file,
    driverOptions: { timeout: 5000 },
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, silent: true },
    // Found files of entities and settings belong to whoever runs us, not to this database.
    discovery: { warnWhenNoEntities: true },
  });
  try {
    const db: unknown = await orm.em.getConnection().getNativeClient();
    if (!(db instanceof Database)) throw new TypeError('the ORM has opened SQLite by another driver');
    db.pragma('journal_mode = WAL');
    // All of it can be made again from the log: what a power cut takes is projected once more.
    db.pragma('synchronous = NORMAL');
    // 64 MiB, in KiB by the minus: the rows that a batch is about stay in memory.
    db.pragma('cache_size = -65536');
    await orm.migrator.up();
    db.prepare("INSERT INTO checkpoint VALUES ('log', 0, NULL, ?) ON CONFLICT DO NOTHING").run(projectionRules);
    return { file, orm, db, close: () => orm.close(true) };
  } catch (error) {
    await orm.close(true);
    throw error;
  }
};
