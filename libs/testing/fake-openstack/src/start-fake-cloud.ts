import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { catchUp } from './cinder-jobs.ts';
import type { CloudEntry } from './clouds-yaml.ts';
import { control } from './control.ts';
import type { EchoingAnswer, FaultAction, Interlude, WrongAnswer } from './faults.ts';
import { Faults } from './faults.ts';
import type { Call, Cloud, Context, FakeCloudOptions, Json, JsonObject, Reply, Route, Service } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { authenticate } from './identity-tokens.ts';
import { Ledger } from './ledger.ts';
import { removeExports } from './manila-exports.ts';
import { Rates } from './rates.ts';
import { newerOrEqual, requestedMicroversion, microversionHeaders } from './microversion.ts';
import { findRoute } from './router.ts';
import { servicesOf } from './services.ts';

/** A cloud that answers on its URL until closed. */
export interface FakeCloud extends Cloud {
  /** Keystone's URL, for `auth_url`. */
  readonly authUrl: string;
  /** The entry of clouds.yaml that signs in as admin of the project admin. */
  readonly adminCloudsYamlEntry: CloudEntry;
  /** Stops listening and drops all connections. */
  close(): Promise<void>;
}

/** Starts a cloud. Everything that it holds is in memory and gone when it closes. */
export async function startFakeCloud(options: FakeCloudOptions): Promise<FakeCloud> {
  const server = createServer({ keepAlive: true, requestTimeout: 0 });
  server.keepAliveTimeout = 60_000;
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const cloud = cloudOf(options, `http://${host}:${portOf(server)}`);
  for (const service of cloud.services) service.seed?.(cloud);
  server.on('request', (request, response) => void serve(cloud, request, response));
  return {
    ...cloud,
    authUrl: `${cloud.url}/identity/v3`,
    adminCloudsYamlEntry: adminEntry(cloud),
    close: async () => {
      await close(server);
      removeExports(cloud);
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake cloud listens on no TCP port');
  return address.port;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  if (server.listening) await once(server, 'close');
}

function adminEntry(cloud: Cloud): CloudEntry {
  return {
    auth: {
      auth_url: `${cloud.url}/identity/v3`,
      username: 'admin',
      password: cloud.options.adminPassword,
      project_name: 'admin',
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
    region_name: cloud.options.region,
    identity_api_version: 3,
  };
}

function cloudOf(options: FakeCloudOptions, url: string): Cloud {
  let made = 0;
  const newId = (): string => {
    made += 1;
    return options.seed === undefined ? randomUUID() : seededUuid(options.seed, made);
  };
  const cloud: Cloud = {
    options,
    url,
    services: servicesOf(options),
    state: new Map(),
    ledger: new Ledger(),
    faults: new Faults(),
    rates: new Rates(),
    maxPage: (own) => Math.min(own, options.maxPage ?? Infinity),
    newId,
    newHexId: () => newId().replaceAll('-', ''),
    now: () => Date.now(),
    ripe: (since) => Date.now() - since >= (options.asyncMs ?? 20),
    authenticate: (tokenId) => authenticate(cloud, tokenId),
  };
  return cloud;
}

function seededUuid(seed: string, n: number): string {
  const hex = createHash('sha256').update(`${seed}/${n}`).digest('hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** What one request is, before anyone looked at its body. */
interface Arrival {
  readonly n: number;
  readonly at: string;
  readonly requestId: string;
  readonly url: URL;
  readonly service: Service | undefined;
  readonly path: string;
  readonly context: Context | undefined;
  /** Its body, where that was read before its time. */
  readonly text?: string;
}

async function serve(cloud: Cloud, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', cloud.url);
  if (url.pathname.startsWith('/__fake/')) return await control(cloud, request, response, url);
  // The path as it was written: a URL would take the dots out of an object's name.
  const [written = '/'] = (request.url ?? '/').split('?');
  const [, prefix = ''] = written.split('/');
  const service = cloud.services.find((candidate) => candidate.prefix === prefix);
  const token = request.headers['x-auth-token'];
  const arrival: Arrival = {
    n: cloud.ledger.next(),
    at: new Date(cloud.now()).toISOString(),
    requestId: `req-${randomUUID()}`,
    url,
    service,
    path: written.slice(prefix.length + 1) || '/',
    context: typeof token === 'string' ? cloud.authenticate(token) : undefined,
  };
  const tooMany = cloud.rates.take(prefix);
  if (tooMany !== undefined) {
    record(cloud, arrival, request, tooMany.status);
    return await send(arrival, request, response, tooMany);
  }
  const actions = cloud.faults.take({ service: prefix, method: request.method ?? '', path: url.pathname });
  const met = { method: request.method ?? '', path: url.pathname };
  for (const action of actions) {
    if (!isInterlude(action)) continue;
    if ((await action.before?.(met)) === 'reset') return drop(cloud, arrival, request);
    const { during } = action;
    if (during !== undefined) interrupt(request, during.byte, async () => during.act(met));
  }
  await wait(cloud, actions);
  if (actions.includes('reset')) return drop(cloud, arrival, request);
  const wrong = actions.find((action) => isWrong(action));
  const echo = actions.find((action) => isEcho(action));
  const reply = retouched(
    actions,
    wrong !== undefined
      ? await answerWrongly(cloud, arrival, request, wrong)
      : echo !== undefined
        ? await echoed(request, echo)
        : (injected(actions) ?? (await answer(cloud, arrival, request))),
  );
  for (const action of actions) if (isInterlude(action)) await action.after?.(met);
  if (actions.includes('commit-then-reset')) return drop(cloud, arrival, request);
  record(cloud, arrival, request, reply.status);
  await send(arrival, request, response, reply);
}

function retouched(actions: readonly FaultAction[], reply: Reply): Reply {
  let { body } = reply;
  if (reply.status >= 300 || !isObject(body)) return reply;
  for (const action of actions) {
    if (typeof action === 'object' && 'retouch' in action) body = (action.retouch(body) ?? body) as JsonObject;
  }
  return { ...reply, body };
}

function isWrong(action: FaultAction): action is WrongAnswer {
  return typeof action === 'object' && 'instead' in action;
}

function isEcho(action: FaultAction): action is EchoingAnswer {
  return typeof action === 'object' && 'echo' in action;
}

async function echoed(request: IncomingMessage, { echo }: EchoingAnswer): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  const base64 = bytes.toString('base64');
  const sent = `headers ${JSON.stringify(request.headers)}, body ${bytes.toString('utf8')}, in base64 ${base64}`;
  return { status: echo, body: { error: { code: echo, title: 'Bad Request', message: `Cannot use ${sent}` } } };
}

async function answerWrongly(
  cloud: Cloud,
  arrival: Arrival,
  request: IncomingMessage,
  { instead, effectAfterMs }: WrongAnswer,
): Promise<Reply> {
  if (effectAfterMs === undefined) {
    await answer(cloud, arrival, request);
  } else {
    // Read before the answer leaves: nothing more can be read of a request that is answered.
    const late = { ...arrival, text: await readAll(request) };
    // A cloud that is closed meanwhile takes its state with it.
    setTimeout(() => void answer(cloud, late, request), effectAfterMs).unref();
  }
  return { status: instead, text: 'The gateway did not hear from the service.' };
}

function isInterlude(action: FaultAction): action is Interlude {
  return typeof action === 'object' && ('before' in action || 'during' in action || 'after' in action);
}

/** Has something done between two chunks of a request's body, whoever reads it. */
function interrupt(request: IncomingMessage, byte: number, act: () => Promise<void | 'reset'>): void {
  const chunks = request[Symbol.asyncIterator].bind(request);
  const interrupted = async function* () {
    let left = byte;
    for await (const chunk of chunks() as AsyncIterable<Buffer>) {
      const before = left;
      left -= chunk.length;
      yield chunk;
      if (before <= 0 || left > 0 || (await act()) !== 'reset') continue;
      // The rest may be here already, unread.
      request.complete = false;
      request.socket.resetAndDestroy();
      request.destroy();
      throw new Error('the connection was reset');
    }
  };
  Object.assign(request, { [Symbol.asyncIterator]: interrupted });
}

async function wait(cloud: Cloud, actions: readonly FaultAction[]): Promise<void> {
  const delays = actions.map((action) => (typeof action === 'object' && 'delayMs' in action ? action.delayMs : 0));
  const total = delays.reduce((sum, delay) => sum + delay, cloud.options.latencyMs ?? 0);
  if (total > 0) await sleep(total);
}

function injected(actions: readonly FaultAction[]): Reply | undefined {
  for (const action of actions) if (typeof action === 'object' && 'status' in action) return action;
  return undefined;
}

function drop(cloud: Cloud, arrival: Arrival, request: IncomingMessage): void {
  record(cloud, arrival, request, 0);
  request.socket.resetAndDestroy();
}

function record(cloud: Cloud, arrival: Arrival, request: IncomingMessage, status: number): void {
  cloud.ledger.record({
    n: arrival.n,
    at: arrival.at,
    method: request.method ?? '',
    path: arrival.url.pathname,
    query: arrival.url.search.slice(1),
    status,
    service: arrival.service?.prefix ?? '',
    projectId: arrival.context?.projectId,
    userAgent: request.headers['user-agent'],
  });
}

async function answer(cloud: Cloud, arrival: Arrival, request: IncomingMessage): Promise<Reply> {
  const { service } = arrival;
  if (service === undefined) return { status: 404, text: 'Not Found' };
  try {
    // Work that earlier requests left is done first: a server's progress shows in every service.
    catchUp(cloud);
    return await dispatch(cloud, service, arrival, request);
  } catch (error) {
    if (error instanceof Refusal) {
      return { status: error.status, ...withHeaders(cloud, service, error, request) };
    }
    // A defect of the fake itself: shown loudly to whoever debugs the test, and as a 500 to the caller.
    console.error(`fake cloud ${cloud.options.name}: ${request.method ?? ''} ${arrival.url.pathname}`, error);
    const refusal = new Refusal(500, error instanceof Error ? error.message : String(error), 'HTTPInternalServerError');
    return { status: 500, ...service.refusal(refusal, request.headers) };
  }
}

function withHeaders(
  cloud: Cloud,
  service: Service,
  refusal: Refusal,
  request: IncomingMessage,
): Pick<Reply, 'body' | 'text' | 'headers'> {
  const inWords = service.refusal(refusal, request.headers);
  const challenge = refusal.status === 401 ? { 'WWW-Authenticate': `Keystone uri="${cloud.url}/identity/v3"` } : {};
  return { ...inWords, headers: { ...inWords.headers, ...challenge, ...refusal.headers } };
}

async function dispatch(cloud: Cloud, service: Service, arrival: Arrival, request: IncomingMessage): Promise<Reply> {
  const found = findRoute(service.routes, request.method ?? '', arrival.path);
  const open = 'route' in found && found.route.open === true;
  if (!open && arrival.context === undefined) return unauthorized(cloud);
  if ('allowed' in found) {
    if (found.allowed.length === 0) throw new Refusal(404, 'The resource could not be found.', 'HTTPNotFound');
    throw new Refusal(405, 'The method is not allowed for this resource.', 'HTTPMethodNotAllowed', {
      Allow: found.allowed.join(', '),
    });
  }
  const microversion = requestedMicroversion(service.microversions, request.headers);
  const body = found.route.stream === true ? undefined : parse(arrival.text ?? (await readAll(request)), request);
  const reply = await found.route.handle(
    callOf(cloud, service, arrival, request, found.route, found.params, body, microversion),
  );
  return { ...reply, headers: { ...microversionHeaders(service.microversions, microversion), ...reply.headers } };
}

function callOf(
  cloud: Cloud,
  service: Service,
  arrival: Arrival,
  request: IncomingMessage,
  route: Route,
  params: Readonly<Record<string, string>>,
  body: Json | undefined,
  microversion: string,
): Call {
  return {
    cloud,
    method: request.method ?? '',
    path: arrival.path,
    baseUrl: `${cloud.url}/${service.prefix}`,
    params,
    query: arrival.url.searchParams,
    search: arrival.url.search.slice(1),
    headers: request.headers,
    body,
    request,
    get context() {
      if (arrival.context === undefined) throw new Refusal(401, `${route.path} requires authentication.`);
      return arrival.context;
    },
    microversion,
    atLeast: (version) => newerOrEqual(microversion, version),
  };
}

/** The answer of keystonemiddleware, the same in front of every service. */
function unauthorized(cloud: Cloud): Reply {
  return {
    status: 401,
    headers: { 'WWW-Authenticate': `Keystone uri="${cloud.url}/identity"` },
    body: {
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, request: IncomingMessage): Json | undefined {
  if (text === '') return undefined;
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('json')) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Refusal(400, 'Malformed request body', 'HTTPBadRequest');
  }
}

async function send(arrival: Arrival, request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  const text = reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  const type = reply.body === undefined ? 'text/html; charset=UTF-8' : 'application/json';
  response.statusCode = reply.status;
  response.setHeader('x-openstack-request-id', arrival.requestId);
  if (reply.stream === undefined && text !== '') response.setHeader('Content-Type', type);
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if (!request.readableEnded && !request.complete) leaveUnread(request, response);
  if (reply.stream === undefined || request.method === 'HEAD') {
    // An answer to HEAD may tell the length of what GET would send.
    if (reply.status !== 204 && !response.hasHeader('Content-Length')) {
      response.setHeader('Content-Length', Buffer.byteLength(text));
    }
    // Not the text itself: Node would write the headers in its encoding, too.
    response.end(request.method === 'HEAD' ? undefined : Buffer.from(text));
    return;
  }
  // A reader that goes away is the caller's business; the connection is already gone then.
  await pipeline(reply.stream, response).catch(() => response.destroy());
}

/** An answer came before the body was read: the rest is drained so that the client hears the answer. */
function leaveUnread(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close');
  request.resume();
}
