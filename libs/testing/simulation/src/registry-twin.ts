import type { RecordedEvent } from '@osm/contracts';
import { migrations, projectEvents, projectionRules, tables, type ProjectEvents } from '@osm/services/registry';
import { Migration } from '@mikro-orm/migrations';
import Database from 'better-sqlite3';
import type { Chance } from './chance.ts';
import { types } from './types.ts';

/** What a dying process raises. */
class Died extends Error {}

/** What the registry's own migrations do to an empty database, and where its checkpoint begins. */
const schema: readonly string[] = [
  ...migrations.flatMap(({ class: Made }) => {
    const migration: unknown = Reflect.construct(Made, []);
    if (!(migration instanceof Migration)) throw new TypeError('not a migration of the registry');
    void migration.up();
    return migration.getQueries().map(String);
  }),
  `INSERT INTO checkpoint VALUES ('log', 0, NULL, ${projectionRules})`,
];

/**
 * Projects a log twice: at one go, and as it comes, in batches of any size, by processes that die between any two writes and
 * are delivered some of it again. Answers what differs, by table.
 */
export const compareRegistries = (events: readonly RecordedEvent[], chance: Chance): readonly string[] => {
  using rebuilt = opened();
  using live = opened();
  projecting(rebuilt.db)(events);
  followUntilEnd(live.db, events, chance);
  return tables
    .map(({ tableName }) => tableName)
    .filter((table) => dump(rebuilt.db, table) !== dump(live.db, table))
    .map((table) => `the registry's table ${table} is not what the log makes of it`);
};

const opened = () => {
  const db = new Database(':memory:');
  db.exec(schema.join(';\n'));
  return { db, [Symbol.dispose]: () => void db.close() };
};

const isAuxiliary = (type: string, step: string): boolean =>
  types.get(type)?.auxiliary.some(({ name }) => name === step) === true;

const projecting = (db: Database.Database): ProjectEvents => projectEvents(db, { isAuxiliary, warn: () => undefined });

const followUntilEnd = (db: Database.Database, events: readonly RecordedEvent[], chance: Chance): void => {
  const position = db.prepare<[], number>('SELECT position FROM checkpoint').pluck();
  for (;;) {
    // One life: it goes on from the checkpoint, and dies after so many writes.
    let writes = chance.below(150);
    const project = projecting(
      mortal(db, () => {
        writes -= 1;
        if (writes < 0) throw new Died();
      }),
    );
    try {
      for (let at = position.get() ?? 0; at < events.length; at = position.get() ?? 0) {
        project(events.slice(Math.max(0, at - chance.below(3)), at + 1 + chance.below(30)));
      }
      return;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
};

/** The same database, but that whoever writes may die of it. */
const mortal = (db: Database.Database, beforeWrite: () => void): Database.Database => {
  const watched = (statement: Database.Statement): Database.Statement =>
    through(statement, (name, own) => {
      if (name === 'pluck') return () => watched(statement.pluck());
      if (name !== 'run') return own;
      return (...given: readonly unknown[]) => {
        beforeWrite();
        return statement.run(...given);
      };
    });
  return through(db, (name, own) => (name === 'prepare' ? (sql: string) => watched(db.prepare(sql)) : own));
};

/** An object whose members are looked at before they are handed out. */
const through = <T extends object>(target: T, choose: (name: string | symbol, own: unknown) => unknown): T =>
  new Proxy(target, {
    get: (_, name) => {
      const own: unknown = Reflect.get(target, name, target);
      return choose(name, typeof own === 'function' ? own.bind(target) : own);
    },
  });

const dump = (db: Database.Database, table: string): string =>
  JSON.stringify(
    db
      .prepare<[], object>(`SELECT * FROM ${table}`)
      .all()
      .map((row) => JSON.stringify(row))
      .sort(),
  );
