import { Failure, type Clock, type JsonObject } from '@osm/kernel';
import type { Answer, Cloud, ListOptions, Query, Request, ServiceName } from '@osm/resource';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSuccess } from './answer.ts';
import { secretsOf } from './auth-request.ts';
import { refused } from './classify.ts';
import type { CloudConfig, Scope } from './cloud-config.ts';
import { openConnections } from './connections.ts';
import { compareMicroversions, microversionHeaders } from './microversion.ts';
import { pageOf, queryString } from './paging.ts';
import { openLines, type Lines } from './raw-lines.ts';
import { remembered, serviceRoots, type ServiceRoots } from './service-roots.ts';
import { serviceApis } from './endpoint.ts';
import type { RequestLimits } from './traffic.ts';
import { session, unlessAborted, type Session } from './session.ts';
import { signIn } from './sign-in.ts';
import type { Token } from './token.ts';
import { transfers } from './transfer.ts';
import type { ApiVersion } from './version-document.ts';
import { askedOf, getOrMake, openWire, type Exchange, type Exchanged, type RequestRecord, type Wire } from './wire.ts';
import { withDefault } from './with-default.ts';
import { withRetries } from './with-retries.ts';

export interface OpenCloudOptions {
  readonly clock?: Clock;
  /** Milliseconds for one answer of the control plane, and without a byte in a transfer; 60 000 when absent. */
  readonly timeoutMs?: number;
  /** Requests at a time to each service, and again transfers per host and port; 16 when absent. */
  readonly maxSockets?: number;
  /** The most that is asked of a service; without it, what it is found to take. */
  readonly limits?: (service: ServiceName) => RequestLimits;
  readonly userAgent?: string;
  /** Hears of every request when it is over. */
  readonly onRequest?: (record: RequestRecord) => void;
}

/** A cloud with connections that must be closed. */
export interface OpenCloud extends Cloud {
  /** Closes all connections, those of `inProject` too. Requests under way fail. */
  close(): void;
}

/** Opens a cloud. Nothing is sent before the first question. */
export const openCloud = (name: string, config: CloudConfig, options: OpenCloudOptions = {}): OpenCloud => {
  const { timeoutMs = 60_000, maxSockets = 16, clock = systemClock } = options;
  // Less than the whole time limit, so that a connection that never stood is known from an answer that never came.
  const limits = { maxSockets, connectTimeoutMs: Math.min(connectTimeoutMs, timeoutMs / 2) };
  const wireOptions = {
    cloud: name,
    clock,
    timeoutMs,
    maxSockets,
    userAgent: options.userAgent ?? 'openstack-migrate',
    limits: options.limits ?? (() => ({})),
  };
  const wire = openWire(
    { ...wireOptions, onRequest: options.onRequest },
    openConnections(name, config, { ...limits, maxSockets: Infinity }),
  );
  // Transfers hold their connections for hours: with their own they keep nobody waiting; and a copy within one cloud holds
  // one in each direction.
  const downloads = openLines(name, config, limits, { slabBytes: 1024 * 1024, slabs: 4 });
  const uploads = openLines(name, config, limits, { slabBytes: 16 * 1024, slabs: 2 });
  const family: Family = {
    wire,
    downloads,
    uploads,
    config,
    documents: new Map(),
    projects: new Map(),
    facts: new Map(),
    main: session(clock, () => signIn(wire, config, config.scope)),
  };
  return {
    ...member(family, family.main),
    close: () => {
      wire.close();
      downloads.close();
      uploads.close();
    },
  };
};

const connectTimeoutMs = 10_000;

const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal && { signal }).catch((error: unknown) => {
      throw signal?.aborted === true ? signal.reason : error;
    });
  },
};

/** What a cloud and its `inProject` views share. */
interface Family {
  readonly wire: Wire;
  readonly downloads: Lines;
  readonly uploads: Lines;
  readonly config: CloudConfig;
  readonly documents: Map<string, Promise<readonly ApiVersion[]>>;
  readonly projects: Map<string, Cloud>;
  readonly facts: Map<'extensions', Promise<ReadonlySet<string>>>;
  readonly main: Session;
}

const inProject = (family: Family, projectId: string): Cloud =>
  getOrMake(family.projects, projectId, () => {
    const { wire, config, main } = family;
    const scope: Scope = { type: 'project', project: { id: projectId } };
    const { cloud, clock } = wire.options;
    return config.credential.type === 'application-credential'
      ? member(family, {
          token: async (asked) => ofProject(cloud, await main.token(asked), projectId),
          reject: main.reject,
        })
      : member(
          family,
          session(clock, () => signIn(wire, config, scope)),
        );
  });

const ofProject = (cloud: string, token: Token, projectId: string): Token => {
  if (token.identity.projectId === projectId) return token;
  const own = token.identity.projectId ?? 'no project';
  throw new Failure(
    'cannot-rescope',
    `cannot act in project ${projectId} of ${cloud}: its application credential is for ${own} alone.`,
    { remedy: `Use a user and password for ${cloud}, or one entry in clouds.yaml per project.` },
  );
};

/** One member of the family: the same cloud with the tokens of one session. */
const member = (family: Family, own: Session): Cloud => {
  const { wire, downloads, uploads, config, documents, facts } = family;
  const { cloud, clock } = wire.options;

  const roots: ServiceRoots = serviceRoots({
    cloud,
    config,
    documents,
    token: () => own.token(),
    get: async (service, url) =>
      await repeated(
        { service, method: 'GET', url, headers: headersOf({}), secrets: [] },
        [300, 400, 401, 403, 404],
        (exchange) => wire.exchange(exchange),
      ),
  });

  const headersOf = (request: { readonly body?: unknown; readonly headers?: Request['headers'] }) => ({
    'User-Agent': wire.options.userAgent,
    ...withDefault(request.headers, 'Accept', 'application/json'),
    ...(request.body === undefined ? {} : withDefault(request.headers, 'Content-Type', 'application/json')),
    ...request.headers,
  });

  const exchangeOf = async (service: ServiceName, request: Request, signal?: AbortSignal): Promise<Exchange> => {
    const root = await unlessAborted(roots.root(service), signal);
    return {
      service,
      method: request.method,
      url: urlOf(root, request.path, request.query),
      headers: { ...headersOf(request), ...(await microversionOf(roots, cloud, service, request.microversion)) },
      body: bodyOf(request.body),
      signal,
      secrets: secretsOf(config.credential),
    };
  };

  /**
   * Sends with our token, and again with a new one where it is not taken: a 401 executes nothing. The second new one is made
   * a second later: Keystone takes tokens back by the second, so that one made in the second of a change of password or roles
   * is dead from the start.
   */
  const authorised = async <T extends { readonly status: number }>(
    exchange: Exchange,
    options: { readonly fraction?: number; readonly accept?: readonly number[] },
    attempt: (exchange: Exchange) => Promise<T>,
  ): Promise<T> => {
    const { signal } = exchange;
    const { accept = [], ...life } = options;
    const token = await own.token({ ...life, signal });
    const answer = await attempt(withToken(exchange, token));
    if (answer.status !== 401) return answer;
    own.reject(token);
    const fresh = await own.token({ signal });
    const second = await attempt(withToken(exchange, fresh));
    // Whoever takes a 401 for an answer has it from a token that is good for certain.
    if (second.status !== 401 || accept.includes(401)) return second;
    own.reject(fresh);
    await clock.sleep(1000, signal);
    return await attempt(withToken(exchange, await own.token({ signal })));
  };

  const repeated = async (
    exchange: Exchange,
    accept: readonly number[],
    attempt: (exchange: Exchange) => Promise<Exchanged>,
  ): Promise<Exchanged> =>
    await withRetries(
      exchange,
      clock,
      exchange.signal,
      async () => {
        const answer = await authorised(exchange, { accept }, attempt);
        if (isSuccess(answer.status, accept)) return answer;
        throw refused(askedOf(cloud, exchange), answer, clock.now());
      },
      wire.traffic.retries,
    );

  const send: Cloud['send'] = async (service, request, signal): Promise<Answer> => {
    const exchange = await exchangeOf(service, request, signal);
    return await repeated(exchange, request.accept ?? [], (sent) => wire.exchange(sent));
  };

  return {
    name: cloud,
    send,
    list: (service, path, options, signal) => pages(cloud, send, service, path, options, signal),
    has: roots.has,
    microversion: roots.microversion,
    extensions: () => remembered(facts, 'extensions', () => readExtensions(send)),
    whoAmI: async () => (await own.token()).identity,
    inProject: (projectId) => inProject(family, projectId),
    ...transfers({ wire, downloads, uploads, exchangeOf, authorised }),
  };
};

const withToken = (exchange: Exchange, token: Token): Exchange => ({
  ...exchange,
  headers: { ...exchange.headers, 'X-Auth-Token': token.id },
  secrets: [...exchange.secrets, token.id],
});

const bodyOf = (body: unknown): string | Uint8Array | undefined =>
  body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);

/** A name of one's own choice, `..` say, must not turn the path of one thing into that of another. */
const urlOf = (root: string, path: string, query: Query | undefined): string => {
  const climbs =
    path
      .split(/[?#]/, 1)[0]
      ?.split('/')
      .some((segment) => /^(\.|%2e){1,2}$/i.test(segment)) === true;
  if ((path !== '' && !/^[/?]/.test(path)) || climbs) {
    throw new Failure('bad-request', `cannot ask for ${path}: it is no path below ${root}.`, {
      remedy: 'Rename what has this name, or leave it out.',
    });
  }
  const more = queryString(query);
  return `${root}${path}${path.includes('?') ? more.replace('?', '&') : more}`;
};

const microversionOf = async (
  roots: ServiceRoots,
  cloud: string,
  service: ServiceName,
  wanted: string | undefined,
): Promise<{ readonly [name: string]: string }> => {
  if (wanted === undefined || serviceApis[service].microversionWord === undefined) return {};
  const newest = await roots.microversion(service);
  if (wanted === 'newest') return newest === undefined ? {} : microversionHeaders(service, newest);
  if (newest !== undefined && compareMicroversions(wanted, newest) <= 0) return microversionHeaders(service, wanted);
  throw new Failure(
    'microversion-too-old',
    `cannot use microversion ${wanted} of the ${service} service of ${cloud}: it offers ${newest === undefined ? 'none' : `up to ${newest}`}.`,
    { remedy: `Use a newer release of ${cloud}, or leave out what needs ${wanted}.` },
  );
};

async function* pages(
  cloud: string,
  send: Cloud['send'],
  service: ServiceName,
  path: string,
  { key, query, headers, microversion }: ListOptions,
  signal?: AbortSignal,
): AsyncGenerator<JsonObject> {
  const asked = new Set<string>();
  let next: Query | undefined = query ?? {};
  while (next !== undefined) {
    const text = queryString(next);
    if (asked.has(text))
      throw brokenList(cloud, service, path, `a page points to itself or to an earlier one (${text})`);
    asked.add(text);
    const request: Request = {
      method: 'GET',
      path,
      query: next,
      ...(headers !== undefined && { headers }),
      ...(microversion !== undefined && { microversion }),
    };
    const { body } = await send(service, request, signal);
    const page = pageOf(body, key, next);
    if (page === undefined) throw brokenList(cloud, service, path, `the answer has no list ${key}`);
    if (page.truncated) throw brokenList(cloud, service, path, 'the cloud left out the rest (list_limit)');
    yield* page.items;
    next = page.next;
  }
}

const brokenList = (cloud: string, service: ServiceName, path: string, why: string): Failure =>
  new Failure('unexpected-answer', `cannot list ${path} of the ${service} service of ${cloud}: ${why}.`, {
    remedy: `Look at what answers for the ${service} service of ${cloud}, and at its limits for lists.`,
  });

const readExtensions = async (send: Cloud['send']): Promise<ReadonlySet<string>> => {
  const { body } = await send('network', { method: 'GET', path: '/extensions' });
  const page = pageOf(body, 'extensions', {});
  return new Set(page?.items.flatMap(({ alias }) => (typeof alias === 'string' ? [alias] : [])) ?? []);
};
