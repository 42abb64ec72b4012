import Database from 'better-sqlite3';
import { Failure } from '@osm/kernel';

/** What SQLite says about a file, in our words; anything else stays what it is. */
export const sqliteFailure = (error: unknown, file: string): unknown => {
  if (!(error instanceof Database.SqliteError)) return error;
  const because = `${error.message} (${error.code})`;
  if (error.code === 'SQLITE_FULL') {
    return new Failure('disk-full', `cannot write ${file}: the disk is full`, {
      disposition: 'retry',
      remedy: 'Make room on the disk; what was acknowledged is safe, and the work goes on by itself.',
      cause: error,
    });
  }
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return new Failure('event-log-damaged', `cannot use ${file}: ${because}`, {
      remedy: 'Keep the file as it is for an examination, and put back a copy from before.',
      cause: error,
    });
  }
  return new Failure('event-log-unusable', `cannot use ${file}: ${because}`, {
    remedy: 'See that the directory is on a local disk and that this user may write to it.',
    cause: error,
  });
};
