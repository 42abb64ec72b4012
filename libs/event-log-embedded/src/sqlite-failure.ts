import Database from 'better-sqlite3';
import { Failure } from '@osm/kernel';

type SqliteError = InstanceType<typeof Database.SqliteError>;

/** What SQLite says about a file, in our words; anything else stays what it is. */
export const sqliteFailure = (error: unknown, file: string): unknown => {
  if (!(error instanceof Database.SqliteError)) return error;
  const because = `${error.message} (${error.code})`;
  if (isFull(error)) {
    return new Failure('disk-full', `cannot write ${file}: the disk is full`, {
      disposition: 'retry',
      remedy: 'Make room on the disk; what was acknowledged is safe, and the work goes on by itself.',
      cause: error,
    });
  }
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return damaged(file, because, error);
  }
  return new Failure('event-log-unusable', `cannot use ${file}: ${because}`, {
    remedy: 'See that the directory is on a local disk and that this user may write to it.',
    cause: error,
  });
};

/** Where SQLite makes the file that its readers share, a full disk is an error of its own. */
const isFull = ({ code }: SqliteError): boolean => code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE';

/** A file that is no sound database any more. */
export const damaged = (file: string, because: string, cause?: unknown): Failure =>
  new Failure('event-log-damaged', `cannot use ${file}: ${because}`, {
    remedy: 'Stop all processes and restore the log from its archive: openstack-migrate recover --from-archive.',
    cause,
  });
