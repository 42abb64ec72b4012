import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { cloudConfig, type CloudConfig } from './cloud-config.ts';

/** One request as the server heard it. */
export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
}

export interface LoopbackCloud extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  readonly config: (more?: { readonly [key: string]: string }) => CloudConfig;
  /** How many requests were heard for this method and path. */
  count(method: string, path: string): number;
}

export interface LoopbackOptions {
  /** Seconds that a token lives. */
  readonly tokenSeconds?: number;
  /** Adds to the catalogue: URL by type. */
  readonly catalogue?: (url: string) => { readonly [type: string]: string };
  /** `Expect: 100-continue` is left to the handler. */
  readonly holdBodies?: boolean;
  /** Speaks TLS with this certificate, in PEM; `file` is where it stands. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly file: string } | undefined;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

/**
 * For tests: a server on the loopback interface that signs everybody in and has a network service at `/net`, of which the
 * test says what it answers. Tokens are numbered.
 */
export const loopbackCloud = async (handler: Handler, options: LoopbackOptions = {}): Promise<LoopbackCloud> => {
  const heard: Heard[] = [];
  let tokens = 0;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const token = request.headers['x-auth-token'];
    const target = request.url ?? '';
    heard.push({ method: request.method ?? '', url: target, token: typeof token === 'string' ? token : undefined });
    if (!target.startsWith('/identity/v3/auth/tokens')) return handler(request, response, new URL(target, url));
    tokens += 1;
    const answer = tokenAnswer(url, options);
    request.resume().once('end', () => {
      response.writeHead(201, { 'X-Subject-Token': `token-${tokens}`, 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  };
  const server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
  if (options.holdBodies === true) server.on('checkContinue', serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const trust = options.tls === undefined ? {} : { cacert: options.tls.file };
  return {
    url,
    heard,
    count: (method, path) => heard.filter((each) => each.method === method && each.url.split('?')[0] === path).length,
    config: (more = {}) =>
      cloudConfig(
        'loop',
        {
          auth: { auth_url: `${url}/identity`, username: 'u', password: 'pass-1', project_id: 'p1' },
          ...trust,
          ...more,
        },
        { file: 'clouds.yaml', home: '/' },
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const tokenAnswer = (url: string, { tokenSeconds = 3600, catalogue }: LoopbackOptions): unknown => {
  const types = { network: `${url}/net/v2.0`, compute: `${url}/nova`, ...catalogue?.(url) };
  const issued = Date.parse('2020-01-01T00:00:00Z');
  return {
    token: {
      user: { id: 'u1' },
      project: { id: 'p1' },
      roles: [{ name: 'admin' }],
      // A clock that is years behind ours: only the span counts.
      issued_at: new Date(issued).toISOString(),
      expires_at: new Date(issued + tokenSeconds * 1000).toISOString(),
      catalog: Object.entries(types).map(([type, endpoint]) => ({
        type,
        endpoints: [{ interface: 'public', region_id: 'R1', url: endpoint }],
      })),
    },
  };
};

/** Answers with JSON. */
export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: { readonly [name: string]: string } = {},
): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
