import { Failure } from '@osm/kernel';
import type { NatsOptions } from '@nestjs/microservices';
import { credsAuthenticator } from '@nats-io/transport-node';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Settings } from './settings.ts';

/**
 * How requests reach the NATS server: the same servers and credentials as the event log, and like it connected again for
 * ever. One queue group for all services: whichever replica is free answers. Raises `unreadable-credentials`.
 */
export const natsOptions = async ({
  eventLog,
  natsCredentials,
}: Pick<Settings, 'eventLog' | 'natsCredentials'>): Promise<NonNullable<NatsOptions['options']>> => {
  const urls = eventLog.split(',').map((text) => new URL(text.trim()));
  const credentials = natsCredentials === undefined ? undefined : await contentOf(natsCredentials);
  return {
    servers: urls.map(({ host }) => host),
    name: `openstack-migrate@${hostname()}`,
    queue: 'osm',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    timeout: 5000,
    // What was asked before the process was told to stop is answered still.
    gracefulShutdown: true,
    gracePeriod: 300,
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
    ...userOf(urls[0]),
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
  };
};

/** The client does not look for a user in the address itself. A user without a password is a token. */
const userOf = (url: URL | undefined): { readonly user?: string; readonly pass?: string; readonly token?: string } => {
  if (url === undefined || url.username === '') return {};
  const user = decodeURIComponent(url.username);
  return url.password === '' ? { token: user } : { user, pass: decodeURIComponent(url.password) };
};

const contentOf = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Failure('unreadable-credentials', `cannot read the NATS credentials ${file}: ${String(error)}`, {
      remedy: 'Name a .creds file that this user may read.',
      cause: error,
    });
  }
};
