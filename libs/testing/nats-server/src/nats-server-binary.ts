import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where the program is: on the PATH, or where Debian puts servers, which is on the PATH of few users. */
export const natsServerBinary = (): string | undefined =>
  [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/bin']
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, 'nats-server'))
    .find(isExecutable);

/**
 * Whether suites that need a nats-server are to be skipped, and why: undefined where there is one, and also in CI, where
 * a missing one is a failure and not a skip.
 */
export const natsServerMissing = (): string | undefined => {
  if (natsServerBinary() !== undefined || process.env['CI'] === 'true') return undefined;
  return 'no nats-server on the PATH; get one with: apt-get install nats-server (or npm run nats-server)';
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
