import { chmodSync, closeSync, openSync } from 'node:fs';

/**
 * Makes a file that its owner alone may read, whatever the umask says, or makes it so. SQLite gives what it keeps beside a
 * database the permissions of the database.
 */
export const keepPrivate = (file: string): void => {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
};
