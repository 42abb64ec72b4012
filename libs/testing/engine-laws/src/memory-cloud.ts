import { Failure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import {
  readerOf,
  type Answer,
  type Cloud,
  type Download,
  type ListOptions,
  type Query,
  type Request,
  type Resource,
  type ServiceName,
} from '@osm/resource';
import { objectAnswer, objectBytes } from './memory-object-routes.ts';
import { memoryRoutes } from './memory-routes.ts';
import {
  change,
  create,
  keep,
  openStore,
  proofOf,
  Refused,
  rowOf,
  select,
  shelfAt,
  snapshot,
  type Shelf,
  type Store,
} from './memory-store.ts';

export interface MemoryCloudOptions {
  readonly name: string;
  readonly handler: Resource;
  /** A resource of the type as the cloud shows it with nothing set. */
  readonly minimal: JsonObject;
  readonly extensions: readonly string[];
  /** Attributes of which the cloud allows each combination once. */
  readonly unique: readonly string[];
}

/** A cloud that keeps one resource type, and what its steps work with, in memory. It obeys its caller's signal. */
export interface MemoryCloud extends Cloud {
  /** Puts a row there before the test. */
  keep(path: string, row: JsonObject): JsonObject;
  /** The rows of the type itself. */
  rows(): readonly JsonObject[];
  /** Takes a row away behind everybody's back. */
  lose(id: string): void;
  /** Everything there is, comparable between runs. */
  snapshot(): readonly string[];
  /** Requests that changed something. */
  readonly writes: readonly Request[];
  /** What the next reads of rows of the type show beside what is so: one for each read, the last one for ever. */
  show(...shown: readonly JsonObject[]): void;
  /** Of the next so many uploads a byte is changed on the way. */
  garble(uploads: number): void;
  /** From now on lists are not filtered: a cloud ignores filters that it does not know. */
  ignoreFilters(): void;
}

/** Raised as the port promises: by status. */
const codes = { 400: 'bad-request', 403: 'forbidden', 404: 'not-found', 409: 'conflict' } as const;

export const memoryCloud = (options: MemoryCloudOptions): MemoryCloud => {
  const { name, handler, minimal, extensions, unique } = options;
  const store = openStore(name, handler, minimal, unique);
  const writes: Request[] = [];
  let shown: readonly JsonObject[] = [];
  let filters = true;
  let garbled = 0;

  /** What a read of a row of the type shows now. */
  const overlaid = (row: JsonObject): JsonObject => {
    const [first, ...later] = shown;
    if (first === undefined) return row;
    if (later.length > 0) shown = later;
    return { ...row, ...first };
  };

  const answer = (service: ServiceName, request: Request): Answer => {
    try {
      if (service === 'object-store') return objectAnswer(store, request, overlaid, (sent) => writes.push(sent));
      const body = handle(store, service, request, overlaid);
      if (request.method !== 'GET' && request.method !== 'HEAD') writes.push(request);
      return { status: 200, headers: {}, body };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (request.accept?.includes(error.status) === true) return { status: error.status, headers: {}, body: null };
      throw new Failure(codes[error.status], `${request.method} ${request.path}: ${error.message}`, {
        remedy: 'Look at the cloud.',
        http: { service, method: request.method, url: request.path, status: error.status },
      });
    }
  };

  const cloud: MemoryCloud = {
    name,
    writes,
    keep: (path, row) => {
      // An image that has data shows their own size and hashes.
      if (path !== '/images' || row['status'] !== 'active') return keep(store, path, row);
      const bytes = Buffer.from(`data of ${String(row['id'])}`);
      store.bytes.set(String(row['id']), bytes);
      return keep(store, path, { ...row, ...proofOf(bytes) });
    },
    rows: () => [...shelfAt(store, handler.api.path).rows.values()],
    lose: (id) => void shelfAt(store, handler.api.path).rows.delete(id),
    snapshot: () => snapshot(store),
    show: (...bodies) => {
      shown = bodies;
    },
    garble: (uploads) => {
      garbled = uploads;
    },
    ignoreFilters: () => {
      filters = false;
    },

    send: async (service, request, signal) => {
      signal?.throwIfAborted();
      return answer(service, request);
    },
    async *list(service, path, { key, query = {} }: ListOptions, signal) {
      signal?.throwIfAborted();
      const shelf = store.shelves.find(({ api }) => api.service === service && (api.listPath ?? api.path) === path);
      if (shelf === undefined) {
        const { body } = answer(service, { method: 'GET', path, query });
        const items = isJsonObject(body) ? body[key] : [];
        yield* Array.isArray(items) ? items : [];
        return;
      }
      for (const row of filters ? select(shelf, query) : [...shelf.rows.values()]) yield listed(shelf, row);
    },
    has: () => Promise.resolve(true),
    microversion: () => Promise.resolve(undefined),
    extensions: () => Promise.resolve(new Set(extensions)),
    whoAmI: () => Promise.resolve({ userId: 'me', projectId: 'mine', roles: ['admin'] }),
    inProject: (projectId) => {
      store.project = projectId;
      return cloud;
    },
    download: async (service, request, signal): Promise<Download> => {
      signal?.throwIfAborted();
      const { path } = request;
      if (service === 'object-store') {
        return { ...answer(service, request), ...readerOf(objectBytes(store, request)) };
      }
      const bytes = store.bytes.get(imageOf(path));
      if (bytes === undefined) throw new Failure('not-found', `no data at ${path}`, { remedy: 'Look at the cloud.' });
      return { ...readerOf(bytes), status: 200, headers: {} };
    },
    upload: async (service, request, _size, signal) => {
      signal?.throwIfAborted();
      const id = imageOf(request.path);
      const chunks: Buffer[] = [];
      return {
        write: (chunk) => void chunks.push(Buffer.from(chunk)),
        end: async () => {
          signal?.throwIfAborted();
          if (service === 'object-store') return answer(service, { ...request, body: Buffer.concat(chunks) });
          if (rowOf(store, '/images', id)['status'] !== 'queued') {
            throw new Failure('conflict', `${id} has its data`, { remedy: 'Look at the cloud.' });
          }
          const bytes = Buffer.concat(chunks);
          if (garbled > 0) bytes[0] = 255 - (bytes[0] ?? 0);
          garbled = Math.max(garbled - 1, 0);
          store.bytes.set(id, bytes);
          change(store, '/images', id, proofOf(bytes));
          writes.push(request);
          return { status: 204, headers: {}, body: null };
        },
        abort: () => undefined,
      };
    },
  };
  return cloud;
};

const imageOf = (path: string): string => path.split('/')[2] ?? '';

/** Items of some lists are in an envelope each. */
const listed = ({ api }: Shelf, row: JsonObject): JsonObject =>
  api.listed === undefined || api.one === null ? row : { [api.one]: row };

const handle = (
  store: Store,
  service: ServiceName,
  { method, path, body, query = {} }: Request,
  overlaid: (row: JsonObject) => JsonObject,
): Json => {
  const sent = isJsonObject(body) ? body : {};
  for (const route of memoryRoutes) {
    const match = route.service === service && route.method === method ? route.path.exec(path) : null;
    if (match !== null) return route.answer(store, match.slice(1).map(decodeURIComponent), sent, query);
  }
  const shelf = store.shelves.find(({ api }) => api.service === service && isBelow(path, api.path));
  if (shelf === undefined) throw new TypeError(`the cloud in memory has no ${method} ${service} ${path}`);
  if (method === 'POST' && path === shelf.api.path) return wrapped(shelf, create(store, shelf, unwrapped(shelf, sent)));
  const id = locate(shelf, path, query);
  const row = rowOf(store, shelf.api.path, id);
  switch (method) {
    case 'GET':
      return wrapped(shelf, shelf === store.shelves[0] ? overlaid(row) : row);
    case 'PUT':
    case 'PATCH':
      return wrapped(
        shelf,
        change(store, shelf.api.path, id, Array.isArray(body) ? patched(body) : unwrapped(shelf, sent)),
      );
    case 'DELETE':
      remove(store, shelf, id, row);
      return null;
    default:
      throw new TypeError(`the cloud in memory has no ${method} ${service} ${path}`);
  }
};

const isBelow = (path: string, collection: string): boolean =>
  path === collection || (path.startsWith(`${collection}/`) && !path.slice(collection.length + 1).includes('/'));

const locate = (shelf: Shelf, path: string, query: Query): string => {
  const { api, rows } = shelf;
  if (api.locate === undefined) return decodeURIComponent(path.slice(api.path.length + 1));
  const wanted = JSON.stringify([path, query]);
  const found = [...rows.keys()].find((id) => {
    const place = api.locate?.(id);
    return JSON.stringify([place?.path, place?.query ?? {}]) === wanted;
  });
  return found ?? path;
};

const wrapped = ({ api }: Shelf, row: JsonObject): Json => (api.one === null ? row : { [api.one]: row });

const unwrapped = ({ api }: Shelf, body: JsonObject): JsonObject => {
  const inner = api.one === null ? body : body[api.one];
  if (isJsonObject(inner)) return inner;
  throw new Refused(400, `no ${String(api.one)} in the body`);
};

const patched = (operations: readonly unknown[]): JsonObject =>
  Object.fromEntries(
    operations.filter((one) => isJsonObject(one)).map((one) => [String(one['path']).slice(1), one['value'] ?? null]),
  );

/** Each service keeps what is in use or protected. */
const remove = (store: Store, { api, rows }: Shelf, id: string, row: JsonObject): void => {
  if (row['protected'] === true || (api.path === '/domains' && row['enabled'] === true)) {
    throw new Refused(403, `${api.path}/${id} is protected`);
  }
  const ports = api.path === '/routers' ? [...shelfAt(store, '/ports').rows.values()] : [];
  if (ports.some(({ device_id }) => device_id === id)) throw new Refused(409, 'the router has interfaces');
  rows.delete(id);
};
