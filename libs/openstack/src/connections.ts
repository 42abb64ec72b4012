import { Failure } from '@osm/kernel';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CloudConfig } from './cloud-config.ts';
import { guardedLookup } from './endpoint-guard.ts';

/** Pools of connections, kept alive, for both schemes. */
export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** Whether an error came before anything of a request could be sent on its connection. */
  neverSent(error: unknown): boolean;
  close(): void;
}

export interface ConnectionLimits {
  /** Connections per host and port. */
  readonly maxSockets: number;
  readonly connectTimeoutMs: number;
}

/**
 * Services close idle connections without notice (Apache after 5 seconds), and a POST on a connection that is just being
 * closed is a POST whose fate nobody knows. So ours close first.
 */
export const idleMs = 4000;

export const openConnections = (cloud: string, config: CloudConfig, limits: ConnectionLimits): Connections => {
  const errors = new WeakSet<Error>();
  const options = {
    keepAlive: true,
    maxSockets: limits.maxSockets,
    scheduling: 'lifo',
    lookup: guardedLookup,
  } as const;
  const http = watched(new HttpAgent(options), 'connect', limits, errors);
  const https = watched(new HttpsAgent({ ...options, ...tlsOptions(cloud, config) }), 'secureConnect', limits, errors);
  return {
    http,
    https,
    neverSent: (error) => error instanceof Error && errors.has(error),
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
};

/**
 * Connecting has its own time limit, and its errors are known as such. A request gets its connection when that stands, and one
 * turn of the timers later: a process that stood still while it connected would send before it hears that it should not.
 */
const watched = <A extends HttpAgent>(agent: A, ready: string, limits: ConnectionLimits, errors: WeakSet<Error>): A => {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options);
    if (!socket || done === undefined) return socket;
    watch(socket, ready, limits, errors);
    const failed = (error: Error): void => done(error, socket);
    socket.once('error', failed);
    socket.once(ready, () =>
      setTimeout(() => {
        socket.off('error', failed);
        done(null, socket);
      }, 0),
    );
    return undefined;
  };
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket: Duplex) => {
    const kept = keep(socket);
    if (socket instanceof Socket && !(socket.timeout !== undefined && socket.timeout > 0 && socket.timeout < idleMs)) {
      socket.setTimeout(idleMs);
    }
    return kept;
  };
  return agent;
};

/** Gives a connection its own time to be made in, and remembers the errors of that time. `ready`: the event of its end. */
export const watch = (socket: Duplex, ready: string, limits: ConnectionLimits, errors: WeakSet<Error>): void => {
  const failed = (error: Error): void => {
    errors.add(error);
  };
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${limits.connectTimeoutMs} ms`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect' }));
  }, limits.connectTimeoutMs);
  socket.once('error', failed);
  socket.once('close', () => clearTimeout(timer));
  socket.once(ready, () => {
    clearTimeout(timer);
    socket.off('error', failed);
  });
};

/** What `clouds.yaml` says of certificates, for Node. Raises `incomplete-cloud` where a file cannot be read. */
export const tlsOptions = (
  cloud: string,
  { tls, file }: CloudConfig,
): { rejectUnauthorized: boolean; ca?: Buffer; cert?: Buffer; key?: Buffer } => {
  const pem = (key: 'cacert' | 'cert' | 'key'): Buffer | undefined => {
    const path = tls[key];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Failure('incomplete-cloud', `cannot use ${key} of cloud ${cloud} in ${file}: ${why}.`, {
        remedy: `Correct ${key} of cloud ${cloud} in ${file}, or make the file readable.`,
        cause,
      });
    }
  };
  const [ca, cert, key] = [pem('cacert'), pem('cert'), pem('key')];
  // One PEM file may hold certificate and key, as curl and requests take it.
  const keyOrCert = key ?? cert;
  return {
    rejectUnauthorized: tls.verify,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(keyOrCert && { key: keyOrCert }),
  };
};
