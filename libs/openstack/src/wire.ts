import { Failure, isFailure, type Clock, type Json } from '@osm/kernel';
import type { ServiceName } from '@osm/resource';
import axios, { isAxiosError, type AxiosInstance } from 'axios';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { lost, requestId, isRepeatable, type Asked } from './classify.ts';
import type { Connections } from './connections.ts';
import { gate, type Gate } from './gate.ts';
import { shownUrl } from './redact.ts';
import { secretsSent } from './secrets-sent.ts';
import { openTraffic, type RequestLimits, type Traffic } from './traffic.ts';

/** One request on its way, as telemetry hears of it when it is over. */
export interface RequestRecord {
  readonly cloud: string;
  readonly service: ServiceName;
  readonly method: string;
  /** Without secrets in its query. */
  readonly url: string;
  /** Absent where no answer came. */
  readonly status?: number | undefined;
  /** Wall time in milliseconds; of a transfer, until the head of the answer. */
  readonly ms: number;
  readonly requestId?: string | undefined;
}

export interface WireOptions {
  readonly cloud: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxSockets: number;
  readonly userAgent: string;
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  /** The most that is asked of a service. */
  limits(service: ServiceName): RequestLimits;
}

/** One HTTP exchange, ready to be sent. */
export interface Exchange {
  readonly service: ServiceName;
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What must not appear in any message about it. */
  readonly secrets: readonly string[];
  /** Set where a second POST changes nothing: signing in. */
  readonly repeatable?: boolean | undefined;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
}

/** HTTP as all of one cloud's requests share it: connections, limits, clock, telemetry. */
export interface Wire {
  readonly options: WireOptions;
  readonly connections: Connections;
  /** What every request passes through before it is sent. */
  readonly traffic: Traffic;
  /** Sends once. Any status is an answer; no answer is a failure. */
  exchange(exchange: Exchange): Promise<Exchanged>;
  /** Reports the end of an exchange. */
  report(exchange: Exchange, startedMs: number, answer?: Pick<Exchanged, 'status' | 'headers'>): void;
  close(): void;
}

export const openWire = (options: WireOptions, connections: Connections): Wire => {
  const client = httpClient(options, connections);
  const gates = new Map<string, Gate>();
  const traffic = openTraffic(options);
  /** Each service has its own places: a dead one must not keep those of the others. */
  const gateOf = ({ service, url }: Exchange): Gate => {
    const { concurrent = options.maxSockets } = options.limits(service);
    const places = Math.min(options.maxSockets, concurrent);
    return getOrMake(gates, `${service} ${new URL(url).origin}`, () => gate(places));
  };
  let closed = false;
  const report: Wire['report'] = ({ service, method, url }, startedMs, answer) =>
    options.onRequest?.({
      cloud: options.cloud,
      service,
      method,
      url: shownUrl(url),
      status: answer?.status,
      ms: Math.round(performance.now() - startedMs),
      requestId: answer && requestId(answer.headers),
    });
  return {
    options,
    connections,
    traffic,
    report,
    exchange: async (exchange) => {
      const { service, signal } = exchange;
      const leave = await gateOf(exchange).enter(signal);
      try {
        const answer = await traffic.pass(service, signal, async () => {
          if (closed) throw closedFailure(options.cloud);
          // Of a process that stood still sockets are read before timers ring: it would ask before it hears that it has lost its
          // lease, and what it makes may be there already.
          if (signal !== undefined && changes(exchange)) await setTimeout(0);
          signal?.throwIfAborted();
          const startedMs = performance.now();
          const answered = await sendOnce(client, exchange).catch((error: unknown) => {
            report(exchange, startedMs);
            throw closed ? closedFailure(options.cloud) : lossOf(options.cloud, exchange, error, connections);
          });
          report(exchange, startedMs, answered);
          return answered;
        });
        return { ...answer, body: parsedBody(options.cloud, exchange, answer) };
      } finally {
        leave();
      }
    },
    close: () => {
      closed = true;
      connections.close();
    },
  };
};

const changes = ({ method }: Exchange): boolean => method !== 'GET' && method !== 'HEAD';

const sendOnce = async (client: AxiosInstance, exchange: Exchange): Promise<RawAnswer> => {
  const { method, url, headers, body, signal } = exchange;
  const request = { method, url, headers: { ...headers }, data: body, ...(signal && { signal }) };
  const answer = await client.request<string>(request);
  return { status: answer.status, headers: plainHeaders(answer.headers), text: answer.data ?? '' };
};

interface RawAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
}

/** `proxy: false`: a proxy of the environment has no business between us and a cloud that a person named. */
const httpClient = ({ timeoutMs }: WireOptions, { http, https }: Connections): AxiosInstance =>
  axios.create({
    adapter: 'http',
    httpAgent: http,
    httpsAgent: https,
    proxy: false,
    maxRedirects: 0,
    timeout: timeoutMs,
    maxBodyLength: Infinity,
    maxContentLength: Infinity,
    responseType: 'text',
    transitional: { clarifyTimeoutError: true, forcedJSONParsing: false },
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
  });

/** A request as messages know it. */
export const askedOf = (cloud: string, exchange: Exchange): Asked => {
  const { service, method, url, secrets, repeatable } = exchange;
  return { cloud, service, method, url, secrets: [...secretsSent(exchange), ...secrets], repeatable };
};

/** The failure of a request that got no answer, or the reason why it was called off. */
export const lossOf = (
  cloud: string,
  exchange: Exchange,
  error: unknown,
  connections: Pick<Connections, 'neverSent'>,
): unknown => {
  if (isFailure(error)) return error;
  const { signal } = exchange;
  const asked = askedOf(cloud, exchange);
  // A POST that is called off half-way may have taken effect all the same.
  if (signal?.aborted === true) {
    return isRepeatable(asked)
      ? signal.reason
      : lost(asked, { code: '', message: 'called off while it was under way', sent: true, cause: signal.reason });
  }
  const cause = isAxiosError(error) && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  const sent = !(connections.neverSent(cause) || (cause instanceof Error && unsent.has(code)));
  return lost(asked, { code, message: message === '' ? code : message, sent, cause: bare(cause) });
};

/** Errors of making a connection, whatever the way that they come. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'FORBIDDEN_ADDRESS']);

/** An axios error drags the whole request with it, token included: only its own words may be a cause. */
const bare = (cause: unknown): unknown => (isAxiosError(cause) ? new Error(cause.message) : cause);

/** The failure of a request to a cloud that was closed. */
export const closedFailure = (cloud: string): Failure =>
  new Failure('closed', `cannot ask cloud ${cloud}: its connections are closed.`, { remedy: 'Open the cloud again.' });

/** Headers by lower-case name; repeated ones joined. */
export const plainHeaders = (headers: IncomingHttpHeaders | object): { readonly [name: string]: string } => {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]),
  );
};

const parsedBody = (cloud: string, exchange: Exchange, { status, headers, text }: RawAnswer): Json => {
  if (text === '') return null;
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    // A refusal is understood by its status alone.
    if (status >= 300) return text;
    const { service, method, url } = exchange;
    throw new Failure('unexpected-answer', `cannot read the answer to ${method} ${shownUrl(url)}: it is no JSON.`, {
      disposition: isRepeatable(exchange) ? 'stop' : 'unknown',
      remedy: `Look at what answers for the ${service} service of ${cloud} at ${new URL(url).origin}.`,
      http: { service, method, url: shownUrl(url), status, requestId: requestId(headers) },
      cause,
    });
  }
};

/** The value under a key, made when it is first asked for. */
export const getOrMake = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};
