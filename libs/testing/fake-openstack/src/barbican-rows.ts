import type { Call, Cloud, JsonObject } from './frame.ts';
import { Refusal, table } from './frame.ts';

/** Who may read beside or instead of the project; null: never set. */
export interface Acl {
  readonly projectAccess: boolean;
  readonly users: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly updated: number;
}

/** What secrets and containers have in common. */
export interface Guarded {
  readonly id: string;
  readonly projectId: string;
  readonly creatorId: string;
  readonly name: string | null;
  readonly created: number;
  readonly updated: number;
  readonly acl: Acl | null;
}

/** A secret; its payload is kept as bytes under the content type that it was stored with. */
export interface Secret extends Guarded {
  readonly secretType: string;
  readonly algorithm: string | null;
  readonly bitLength: number | null;
  readonly mode: string | null;
  /** Milliseconds since the epoch; an expired secret is shown to nobody. */
  readonly expiration: number | null;
  readonly contentType: string | null;
  readonly payload: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly consumers: readonly JsonObject[];
}

/** A container: references to secrets, by name. */
export interface Container extends Guarded {
  readonly type: string;
  readonly refs: readonly { readonly name: string | null; readonly secretId: string }[];
  readonly consumers: readonly JsonObject[];
}

export const secrets: (cloud: Cloud) => Map<string, Secret> = table<Secret>('key-manager.secrets');
export const containers: (cloud: Cloud) => Map<string, Container> = table<Container>('key-manager.containers');

/** The secret that a path names. Refuses 404. */
export function secretOf(call: Call): Secret {
  const id = call.params.id ?? '';
  if (!isUuid(id)) throw new Refusal(404, 'Not Found. Provided secret id is invalid.');
  const secret = secrets(call.cloud).get(id);
  if (secret === undefined || !isLive(call.cloud, secret)) throw new Refusal(404, 'Secret not found.');
  return secret;
}

/** The container that a path names. Refuses 404. */
export function containerOf(call: Call): Container {
  const id = call.params.id ?? '';
  if (!isUuid(id)) throw new Refusal(404, 'Not Found. Provided container id is invalid.');
  const container = containers(call.cloud).get(id);
  if (container === undefined) throw new Refusal(404, 'Secrets container not found.');
  return container;
}

/** Whether a secret has not expired. */
export function isLive(cloud: Cloud, { expiration }: Secret): boolean {
  return expiration === null || expiration > cloud.now();
}

function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id);
}

/** The absolute address of a secret or container; Barbican accepts no other. */
export function hrefOf(call: Call, collection: 'secrets' | 'containers', id: string): string {
  return `${call.baseUrl}/v1/${collection}/${id}`;
}

/** A time as Barbican writes it: without a zone. */
export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}

/** One page of a project's rows, with the address of the next. */
export function pageOf<Row>(
  call: Call,
  collection: 'secrets' | 'containers',
  rows: readonly Row[],
  shown: (row: Row) => JsonObject,
): JsonObject {
  const limit = Math.min(positive(call, 'limit') ?? 10, call.cloud.maxPage(100));
  const offset = positive(call, 'offset') ?? 0;
  const body: JsonObject = { [collection]: rows.slice(offset, offset + limit).map(shown) };
  const link = (at: number): string => `${call.baseUrl}/v1/${collection}?limit=${limit}&offset=${at}`;
  if (rows.length > 0 && offset > 0) body.previous = link(Math.max(0, offset - limit));
  if (rows.length > offset + limit) body.next = link(offset + limit);
  return { ...body, total: rows.length };
}

function positive(call: Call, name: string): number | undefined {
  const value = call.query.get(name);
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}
