import { ApiProblem, problemIn, unreachable } from './api-problem.ts';
import type { Event, Telemetry } from './api-types.ts';
import { operations, type Operations } from './operations.ts';
import { readEvents, type StreamEvent } from './read-events.ts';

export interface ApiOptions {
  /** Where the gateway is: `http://127.0.0.1:8808`; in a page of the gateway's own, the empty text. */
  readonly url: string;
  /** Asked before each request; undefined: none is sent. */
  token(): string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** The name of an operation that answers with JSON. */
export type OperationId = Exclude<keyof Operations, 'events.stream' | 'telemetry.stream'>;

/** What an operation takes: `path`, `query` and `body`, as far as it has them. */
export type Asked<Id extends keyof Operations> = Omit<Operations[Id]['data'], 'url'> & {
  readonly signal?: AbortSignal;
};

/** What must be given where something is required, and may be left out where nothing is. */
export type Given<Id extends keyof Operations> =
  object extends Omit<Asked<Id>, 'signal'> ? readonly [asked?: Asked<Id>] : readonly [asked: Asked<Id>];

export interface Following {
  readonly query?: Operations['events.stream']['data']['query'];
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Hears when the connection is lost (the problem) and when it is there (undefined). */
  onTrouble?(problem: ApiProblem | undefined): void;
}

/** The admin API, for pages and programs. */
export interface Api {
  /** Raises `ApiProblem`. */
  ask<Id extends OperationId>(id: Id, ...given: Given<Id>): Promise<Operations[Id]['answer']>;
  /**
   * What is recorded, as it happens. It comes again by itself when the connection is lost, and goes on after the last event:
   * none is left out, none is told twice. Raises `ApiProblem` where it is refused.
   */
  events(following: Following): AsyncIterable<StreamEvent<Event>>;
  /** What moves and waits, as it happens. */
  telemetry(following: Omit<Following, 'query'>): AsyncIterable<StreamEvent<Telemetry>>;
}

/** The API at a URL. */
export const openApi = (options: ApiOptions): Api => {
  const { fetch: send = fetch } = options;
  const headers = (): Record<string, string> => {
    const token = options.token();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  };
  const stream = <Data>(url: string, { signal, onTrouble }: Following): AsyncIterable<StreamEvent<Data>> =>
    readEvents<Data>({ url, signal, fetch: send, headers, ...(onTrouble === undefined ? {} : { onTrouble }) });
  return {
    ask: async (id, ...[asked]) => {
      const { method, path } = operations[id];
      const { signal, ...parts }: Parts = asked ?? {};
      const url = `${options.url}${urlOf(path, parts)}`;
      const { body } = parts;
      const response = await send(url, {
        method,
        headers: { ...headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      }).catch((error: unknown) => {
        // Whoever has given it up hears that, and not that nobody answers.
        signal?.throwIfAborted();
        throw unreachable(url, error);
      });
      if (!response.ok) throw await problemIn(response);
      // What the document says of the answer, the API's own tests prove.
      return (await response.json()) as Operations[typeof id]['answer'];
    },
    events: (following) => {
      const { path } = operations['events.stream'];
      return stream(`${options.url}${urlOf(path, { query: following.query })}`, following);
    },
    telemetry: (following) => stream(`${options.url}${operations['telemetry.stream'].path}`, following),
  };
};

interface Parts {
  readonly path?: object | undefined;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const urlOf = (template: string, { path = {}, query = {} }: Parts): string => {
  const values = new Map<string, unknown>(Object.entries(path));
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
};
