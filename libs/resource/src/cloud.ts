import type { Json, JsonObject } from '@osm/kernel';
import type { Reader, Writer } from './payload.ts';
import type { ServiceName } from './service.ts';

/** The values of one query parameter; a list repeats the parameter. */
export type Query = { readonly [name: string]: string | readonly string[] };

/** One call of an OpenStack API. Paths stand below the service's versioned root: `/networks`, `/volumes/detail`. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
  /** `2.90`, or `newest` for what the service offers; without it the service's oldest behaviour. */
  readonly microversion?: string;
  /** Statuses beside 2xx that count as success here: a 409 that says "it is so already". */
  readonly accept?: readonly number[];
  /**
   * A POST that sets something instead of making it: sending it twice is the same as once. False for another method where
   * the answer to the second one would no longer tell what the first one has done.
   */
  readonly repeatable?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** Parsed JSON; the text where the service answers with something else; null where there is no body. */
  readonly body: Json;
}

export interface ListOptions {
  /** The key under which the answer holds the list: `networks`. */
  readonly key: string;
  readonly query?: Query;
  readonly headers?: { readonly [name: string]: string };
  readonly microversion?: string;
}

/** The body of an answer, still to be read; its size is what the service announces. */
export interface Download extends Reader {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
}

/** Who the credential is. */
export interface Identity {
  readonly userId: string;
  readonly projectId: string | undefined;
  readonly roles: readonly string[];
}

/**
 * One cloud as seen with one credential. All failures are `Failure`s: `not-found`, `conflict`, `quota-exceeded`,
 * `forbidden`, `bad-request` … stop; `unreachable`, `throttled`, `unavailable` retry; `answer-lost` (a POST was sent and
 * nobody knows what came of it) is `unknown`. A POST is never sent twice.
 */
export interface Cloud {
  /** Its name in `clouds.yaml`. */
  readonly name: string;
  send(service: ServiceName, request: Request, signal?: AbortSignal): Promise<Answer>;
  /** Every item of a paged list. */
  list(service: ServiceName, path: string, options: ListOptions, signal?: AbortSignal): AsyncIterable<JsonObject>;
  /** Whether the catalogue has the service. */
  has(service: ServiceName): Promise<boolean>;
  /** The newest microversion that the service offers; undefined where it has none. */
  microversion(service: ServiceName): Promise<string | undefined>;
  /** Aliases of the networking service's extensions. */
  extensions(): Promise<ReadonlySet<string>>;
  whoAmI(): Promise<Identity>;
  /** The same credential with a token for another project, in which it must have a role. */
  inProject(projectId: string): Cloud;
  /** Asks for bytes. Is tried again, with a fresh token where the old one is refused, until the head of an answer is there. */
  download(service: ServiceName, request: Request, signal?: AbortSignal): Promise<Download>;
  /**
   * Begins to send a body of so many bytes; undefined: of an unknown number (chunked). Is tried again, with a fresh token
   * where the old one is refused, until the service wants the first byte; from then on it is never sent again. `end` answers
   * what the service answers, and raises as `send` does.
   */
  upload(
    service: ServiceName,
    request: Request,
    size: number | undefined,
    signal?: AbortSignal,
  ): Promise<Writer<Answer>>;
}
