import { existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/** A database and the two files that SQLite keeps beside it. */
const filesOf = (file: string): readonly string[] => [file, `${file}-wal`, `${file}-shm`];

/** Removes a database. */
export const discardDatabase = (file: string): void => {
  for (const each of filesOf(file)) rmSync(each, { force: true });
};

/** Keeps a damaged database for an examination, under a name that nobody else has; answers that name. */
export const setDatabaseAside = (file: string, now: Date): string => {
  const aside = `${file}.damaged-${now.toISOString().replaceAll(':', '')}`;
  const names = filesOf(aside);
  filesOf(file).forEach((each, at) => {
    const name = names[at];
    if (name !== undefined && existsSync(each)) renameSync(each, name);
  });
  return aside;
};

/**
 * Puts a closed database in the place of another closed one. What SQLite kept beside the old one goes first, for it would
 * be taken for the new one's; and before that the old one itself, so that a crash between the two leaves no database at
 * all, which the next start makes anew, and never half of one. Whoever reads the old one goes on reading it.
 */
export const replaceDatabase = (file: string, next: string): void => {
  discardDatabase(file);
  renameSync(next, file);
};

/** Why a file cannot be used as a database; undefined where it can, or is not there. */
export const damageOf = (file: string): string | undefined => {
  if (!existsSync(file)) return undefined;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: 5000 });
    const found = db.pragma('quick_check(1)', { simple: true });
    return found === 'ok' ? undefined : String(found);
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  } finally {
    db?.close();
  }
};

/** Whether SQLite says that the file is no sound database, and not that it cannot be reached. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof Database.SqliteError && (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB');
