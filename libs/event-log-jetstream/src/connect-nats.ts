import { readFile } from 'node:fs/promises';
import { connect, credsAuthenticator, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { Failure } from '@osm/kernel';
import { wordsOf } from './nats-failure.ts';

export interface NatsAddress {
  /** One address, or several with commas: `nats://host:4222`, `tls://user:password@host`. */
  readonly servers: string;
  /** What the server's monitoring calls this connection. */
  readonly name: string;
  /** The path of a `.creds` file. */
  readonly credentials?: string | undefined;
}

/** Connects once, or fails with what to do; what is connected is connected again for ever, whenever it is lost. */
export const connectNats = async (address: NatsAddress): Promise<NatsConnection> => {
  const options = await connectionOptions(address);
  try {
    return await connect(options);
  } catch (error) {
    throw new Failure('event-log-unreachable', `cannot reach the event log at ${shown(address)}: ${wordsOf(error)}`, {
      disposition: 'retry',
      remedy: 'See that a nats-server runs there, that this machine may reach it and that the credentials are right.',
      cause: error,
    });
  }
};

const connectionOptions = async ({ servers, name, credentials }: NatsAddress): Promise<ConnectionOptions> => {
  const urls = addresses(servers);
  const [first] = urls;
  if (first?.username === '' && credentials === undefined) urls.forEach(mustBeLoopback);
  return {
    servers: urls.map((url) => url.host),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    timeout: 5000,
    ...(urls.some((url) => url.protocol === 'tls:') ? { tls: {} } : {}),
    ...userOf(first),
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(await readCredentials(credentials)) }),
  };
};

/** Whoever reaches a server that asks nobody who they are may write commands and events. */
const mustBeLoopback = ({ protocol, hostname, host }: URL): void => {
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return;
  throw new Failure(
    'event-log-open',
    `cannot use ${protocol}//${host} as the event log: it would be asked without credentials`,
    {
      remedy:
        'Have the server ask for them, and name them: nats_credentials, or nats://USER:PASSWORD@HOST, or nats://TOKEN@HOST. Without any it must be on this machine: 127.0.0.1.',
    },
  );
};

const addresses = (servers: string): readonly URL[] =>
  servers.split(',').map((text) => {
    const url = URL.parse(text.trim());
    if (url !== null && url.host !== '') return url;
    throw new Failure(
      'bad-event-log-url',
      `cannot use ${text.replace(/[^/]*@/, '')} as the address of the event log: it is not a URL`,
      {
        remedy: 'Write it as nats://HOST:PORT.',
      },
    );
  });

/** The client does not look for a user in the address itself. A user without a password is a token. */
const userOf = (url: URL | undefined): Pick<ConnectionOptions, 'user' | 'pass' | 'token'> => {
  if (url === undefined || url.username === '') return {};
  const user = decodeURIComponent(url.username);
  return url.password === '' ? { token: user } : { user, pass: decodeURIComponent(url.password) };
};

/** The address without its secrets. */
const shown = ({ servers }: NatsAddress): string =>
  addresses(servers)
    .map(({ protocol, host }) => `${protocol}//${host}`)
    .join(',');

const readCredentials = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Failure('unreadable-credentials', `cannot read the NATS credentials ${file}: ${wordsOf(error)}`, {
      remedy: 'Name a .creds file that this user may read.',
      cause: error,
    });
  }
};
