import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Api } from './api.ts';
import type { Cloud, Query, Request } from './cloud.ts';
import type { Resource } from './resource.ts';

const readAt = (api: Api): { microversion?: string } =>
  api.microversion === undefined ? {} : { microversion: api.microversion.read };

const writeAt = (api: Api): { microversion?: string } =>
  api.microversion === undefined ? {} : { microversion: api.microversion.write };

/** The resource within the answer: bodies have an envelope in every service but Glance. */
const unwrap = (api: Api, body: unknown): JsonObject => {
  const inner = api.one === null || !isJsonObject(body) ? body : body[api.one];
  if (isJsonObject(inner)) return inner;
  throw new Failure('unreadable-answer', `cannot read the answer of ${api.service} ${api.path}: no ${api.one} in it`, {
    remedy: 'The endpoint may not be the service that the catalogue says it is.',
  });
};

/** The path of one resource, and the query where its path alone does not name it. */
export const locationOf = (api: Api, id: string): { readonly path: string; readonly query?: Query } =>
  api.locate?.(id) ?? { path: `${api.path}/${encodeURIComponent(id)}` };

/** One resource as the API shows it, with what its type enriches. Raises `not-found`. */
export const readOne = async (
  cloud: Cloud,
  handler: Resource,
  id: string,
  signal?: AbortSignal,
): Promise<JsonObject> => {
  const item = await readBare(cloud, handler.api, id, signal);
  if (handler.enrich === undefined) return item;
  return { ...item, ...(await (await handler.enrich(cloud, id))(item)) };
};

const readBare = async (cloud: Cloud, api: Api, id: string, signal?: AbortSignal): Promise<JsonObject> => {
  if (api.rest !== undefined) return api.rest.read(cloud, id, signal);
  const answer = await cloud.send(api.service, { method: 'GET', ...locationOf(api, id), ...readAt(api) }, signal);
  return unwrap(api, answer.body);
};

/** Every resource that a query finds, as the list shows them: not enriched. */
export async function* listSome(
  cloud: Cloud,
  handler: Resource,
  query: Query,
  signal?: AbortSignal,
): AsyncIterable<JsonObject> {
  const { api } = handler;
  if (api.rest !== undefined) return yield* api.rest.list(cloud, query, signal);
  const options = { key: api.many, query, ...readAt(api) };
  for await (const item of cloud.list(api.service, api.listPath ?? api.path, options, signal)) {
    yield api.listed?.(item, query) ?? item;
  }
}

/** Every resource of the type that the credential may see, enriched, each once. */
export async function* listAll(
  cloud: Cloud,
  handler: Resource,
  scope: 'all-tenants' | 'own-project',
  signal?: AbortSignal,
): AsyncIterable<JsonObject> {
  const { api } = handler;
  const enrich = handler.enrich === undefined ? undefined : await handler.enrich(cloud);
  if (handler.listAll !== undefined) {
    for await (const item of handler.listAll(cloud, scope))
      yield enrich === undefined ? item : { ...item, ...(await enrich(item)) };
    return;
  }
  const queries = scope === 'own-project' ? [{}] : (api.everythingOf ?? [api.everything ?? {}]);
  const seen = new Set<string>();
  for (const query of queries) {
    for await (const item of listSome(cloud, handler, query, signal)) {
      const id = handler.id(item);
      if (seen.has(id)) continue;
      seen.add(id);
      yield enrich === undefined ? item : { ...item, ...(await enrich(item)) };
    }
  }
}

/** A create request's body in its envelope. */
const wrapped = ({ one, beside = [] }: Api, body: JsonObject): JsonObject => {
  if (one === null) return body;
  const parted = (outside: boolean): JsonObject =>
    Object.fromEntries(Object.entries(body).filter(([name]) => beside.includes(name) === outside));
  return { [one]: parted(false), ...parted(true) };
};

/** Sends the create request; never repeated. */
export const createOne = async (
  cloud: Cloud,
  handler: Resource,
  body: JsonObject,
  signal?: AbortSignal,
): Promise<JsonObject> => {
  const { api } = handler;
  if (api.rest !== undefined) return api.rest.create(cloud, body, signal);
  const request = { method: 'POST', path: api.path, body: wrapped(api, body), ...writeAt(api) } as const;
  return unwrap(api, (await cloud.send(api.service, request, signal)).body);
};

/** Whether a request is one that `createOne` sends. */
export const isCreateRequest = ({ path: collection, rest }: Api, request: Request): boolean =>
  rest === undefined ? request.method === 'POST' && request.path === collection : rest.creates(request);

/** Changes some attributes of an existing resource; may be repeated. */
export const updateOne = async (
  cloud: Cloud,
  handler: Resource,
  id: string,
  changes: JsonObject,
  signal?: AbortSignal,
): Promise<void> => {
  const { api } = handler;
  const body = api.one === null ? changes : { [api.one]: changes };
  await cloud.send(api.service, { method: api.update, ...locationOf(api, id), body, ...writeAt(api) }, signal);
};

/** Asks for the removal; an absent one is removed already. */
export const deleteOne = async (cloud: Cloud, handler: Resource, id: string, signal?: AbortSignal): Promise<void> => {
  const { api } = handler;
  if (api.rest !== undefined) return api.rest.remove(cloud, id, signal);
  const request = { method: 'DELETE', ...locationOf(api, id), accept: [404], ...writeAt(api) } as const;
  await cloud.send(api.service, request, signal);
};
