/**
 * What every fake service stands on: a route table over HTTP, the caller's token, typed tables of rows in memory,
 * refusals in the service's own words. Services register with `Service`; `startFakeCloud` serves them all on one port.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Rates } from './rates.ts';

/** A JSON value, as it travels. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A JSON object. A key may be absent. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Which OpenStack release the fake behaves as. */
export type Release = 'zed' | 'epoxy';

/** What a fake cloud is made with. */
export interface FakeCloudOptions {
  /** The cloud's name in clouds.yaml. */
  readonly name: string;
  /** TCP port; 0 or absent takes a free one. */
  readonly port?: number;
  /** Address to listen on; 127.0.0.1 when absent. */
  readonly host?: string;
  readonly region: string;
  readonly release: Release;
  /** `provider:network_type` of tenant networks. */
  readonly networkType: 'vxlan' | 'geneve';
  /** CIDR of the subnet of the external network `public`; 198.18.1.0/24 when absent. */
  readonly publicCidr?: string;
  /** Names of the volume types that exist from the start; the first is the default. */
  readonly volumeTypes: readonly string[];
  /** Names of the image stores; the first is the default. */
  readonly imageStores?: readonly string[];
  /** Names of Swift's storage policies; the first is the default; `gold` alone when absent. */
  readonly storagePolicies?: readonly string[];
  /** Bytes that stand for one GiB of a volume, so that whole disks stay small; 1 MiB when absent. */
  readonly gibBytes?: number;
  /** Cinder's enable_force_upload: whether a volume in use can be uploaded with `force`; false when absent. */
  readonly enableForceUpload?: boolean;
  /** Cinder's image_conversion_disable: volumes become raw images only, and only raw images volumes; false when absent. */
  readonly imageConversionDisable?: boolean;
  /** Wait before each answer, in milliseconds. */
  readonly latencyMs?: number;
  /** How long a token lives, in seconds; 3600 when absent. */
  readonly tokenSeconds?: number;
  /** How long an asynchronous state lasts at least, in milliseconds; 20 when absent. */
  readonly asyncMs?: number;
  /** Largest page of any list, whatever `limit` asks; absent means each service's own. */
  readonly maxPage?: number;
  /** Services, by prefix, that the cloud does not have: `object-store`. */
  readonly without?: readonly string[];
  /** Password of the user `admin`. */
  readonly adminPassword: string;
  /** Default quotas by service prefix (`network`, `compute`, `volume`), by resource; absent ones are the real defaults. */
  readonly projectQuotas?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Makes ids deterministic: the n-th id of equal seeds is equal. */
  readonly seed?: string;
}

/** Who calls, as the token says. */
export interface Context {
  readonly tokenId: string;
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string;
  /** Project scope, or undefined. */
  readonly projectId: string | undefined;
  /** Domain scope, or undefined. */
  readonly domainId: string | undefined;
  /** True for system scope. */
  readonly system: boolean;
  /** Role names. */
  readonly roles: readonly string[];
  /** Holds the role admin, on whatever scope. */
  readonly isAdmin: boolean;
}

/** One request, parsed. */
export interface Call {
  readonly cloud: Cloud;
  readonly method: string;
  /** The path below the service's prefix as it was written, without query. */
  readonly path: string;
  /** Base URL of the service as the client reached it, for links: `http://host:port/network`. */
  readonly baseUrl: string;
  readonly params: Readonly<Record<string, string>>;
  /** Repeated keys are kept: `getAll`. */
  readonly query: URLSearchParams;
  /** The query as it was written, without the question mark. */
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; undefined when there is none or the route streams. */
  readonly body: Json | undefined;
  /** The request itself, for routes with `stream: true`. */
  readonly request: IncomingMessage;
  /** The caller. Throws 401 on a route marked `open` that nobody authenticated. */
  readonly context: Context;
  /** Requested microversion, resolved (`latest` → newest); the minimum when the client asked for none. */
  readonly microversion: string;
  /** True when the requested microversion is this one or newer. */
  atLeast(version: string): boolean;
}

/** One answer. `body` is sent as JSON, `text` as it is, `stream` piped. */
export interface Reply {
  readonly status: number;
  readonly body?: Json | JsonObject;
  readonly text?: string;
  readonly stream?: Readable;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** One route. `path` has `:name` segments; `*name` as the last segment takes the rest. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Needs no token. */
  readonly open?: boolean;
  /** Does not read the body: `call.request` is the stream. */
  readonly stream?: boolean;
  /** Reads the path itself: what `*name` takes is left as it was written. */
  readonly raw?: boolean;
  handle(call: Call): Reply | Promise<Reply>;
}

/** Microversions a service offers. */
export interface Microversions {
  /** Word in `OpenStack-API-Version: <word> 2.1`. */
  readonly word: string;
  readonly min: string;
  readonly max: string;
  /** Older header with the bare number (nova's). */
  readonly legacyHeader?: string;
}

/** One OpenStack service. */
export interface Service {
  /** First path segment, and the service's name in the ledger and in faults: `network`. */
  readonly prefix: string;
  /** Type and name in Keystone's catalogue. */
  readonly type: string;
  readonly name: string;
  /** Path of its endpoint below the prefix; `$(project_id)s` is replaced: `/v3/$(project_id)s`. */
  readonly endpointPath: string;
  readonly microversions?: Microversions;
  readonly routes: readonly Route[];
  /** Makes what exists in a fresh cloud. Services are seeded in the order of their registration, identity first. */
  seed?(cloud: Cloud): void;
  /** The body of a refusal in this service's own shape; `headers` are the request's. */
  refusal(refusal: Refusal, headers: IncomingHttpHeaders): Pick<Reply, 'body' | 'text' | 'headers'>;
}

/** An answer other than success, thrown by a handler and put in words by its service. */
export class Refusal extends Error {
  readonly status: number;
  /** The service's own name of the error: `NetworkNotFound`, `itemNotFound`; empty where the status decides. */
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, type = '', headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.headers = headers;
  }
}

/** Tables of rows, by name, in the order of insertion. */
export type Tables = Map<string, Map<string, unknown>>;

/** A running cloud as its services see it. */
export interface Cloud {
  readonly options: FakeCloudOptions;
  readonly url: string;
  readonly services: readonly Service[];
  readonly state: Tables;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Limits on requests per second. */
  readonly rates: Rates;
  /** Largest page of a list, given the service's own default maximum. */
  maxPage(own: number): number;
  /** A fresh UUID with dashes. */
  newId(): string;
  /** A fresh id without dashes, as Keystone's. */
  newHexId(): string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** True when `asyncMs` have passed since `since` (milliseconds since the epoch): the state machine may step on. */
  ripe(since: number): boolean;
  /** Who holds this token; undefined when unknown, expired or revoked. */
  authenticate(tokenId: string): Context | undefined;
}

/** Names a table once and gives its rows their type: `const networks = table<Network>('network.networks')`. */
export function table<Row>(name: string): (cloud: Cloud) => Map<string, Row> {
  return (cloud) => {
    const existing = cloud.state.get(name);
    if (existing !== undefined) return existing as Map<string, Row>;
    const made = new Map<string, Row>();
    cloud.state.set(name, made);
    return made;
  };
}

/** True for a JSON object (no array, no null). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under `key` of a request's body, or a refusal of 400. */
export function bodyOf(call: Call, key: string): JsonObject {
  const inner = isObject(call.body) ? call.body[key] : undefined;
  if (!isObject(inner)) throw new Refusal(400, `Invalid input for field/attribute ${key}.`);
  return inner;
}

/** The time as OpenStack writes it: `2024-01-31T12:00:00Z`. */
export function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19) + 'Z';
}
