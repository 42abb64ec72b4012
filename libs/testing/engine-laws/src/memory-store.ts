import { createHash } from 'node:crypto';
import { canonicalJson, equalJson, type Json, type JsonObject } from '@osm/kernel';
import { identity, network, type Api, type Query, type Resource } from '@osm/resource';

/** An answer that is no success. */
export class Refused extends Error {
  constructor(
    readonly status: 400 | 403 | 404 | 409,
    message: string,
  ) {
    super(message);
  }
}

/** One collection: its rows by id. */
export interface Shelf {
  readonly api: Api;
  /** What a row shows that nobody has set. */
  readonly blank: JsonObject;
  /** Attributes of which each combination is allowed once; empty: all rows may be equal. */
  readonly unique: readonly string[];
  readonly rows: Map<string, JsonObject>;
  id(row: JsonObject): string;
  same(attribute: string, a: unknown, b: unknown): boolean;
}

const images: Api = { service: 'image', path: '/images', one: null, many: 'images', update: 'PATCH' };

const snapshots: Api = {
  service: 'block-storage',
  path: '/snapshots',
  listPath: '/snapshots/detail',
  one: 'snapshot',
  many: 'snapshots',
  update: 'PUT',
};

const volumes: Api = {
  service: 'block-storage',
  path: '/volumes',
  listPath: '/volumes/detail',
  one: 'volume',
  many: 'volumes',
  update: 'PUT',
};

const flavors: Api = { service: 'compute', path: '/flavors', one: 'flavor', many: 'flavors', update: 'PUT' };

/** Of the user who asks: a name is there once. */
const keypairs: Api = {
  service: 'compute',
  path: '/os-keypairs',
  one: 'keypair',
  many: 'keypairs',
  update: 'PUT',
  listed: (item) => item,
};

/** Collections that steps of several types work with. */
const commonApis: readonly (readonly [Api, JsonObject])[] = [
  [identity('/projects', 'project'), { enabled: true, parent_id: null, tags: [], options: {} }],
  [images, { status: 'queued', size: null, checksum: null, os_hash_algo: null, os_hash_value: null, tags: [] }],
  [snapshots, { status: 'available' }],
  [volumes, { status: 'available', multiattach: false }],
  [flavors, {}],
  [keypairs, { fingerprint: 'aa:bb', type: 'ssh' }],
  [network('/subnets', 'subnet'), {}],
  [{ service: 'object-store', path: '/objects', one: null, many: 'objects', update: 'PUT' }, {}],
  [network('/ports', 'port'), { description: '', device_id: '', device_owner: '', fixed_ips: [] }],
];

/** Everything that a cloud in memory holds. */
export interface Store {
  readonly name: string;
  readonly shelves: Shelf[];
  /** Relations that have no row of their own (role assignments, implied roles), each as the path that made it. */
  readonly ties: Set<string>;
  /** Lists that hang on a row, by its path: members of an image, projects that may use a type. */
  readonly lists: Map<string, readonly JsonObject[]>;
  readonly bytes: Map<string, Buffer>;
  made: number;
  /** The project that requests are made in. */
  project: string;
}

export const openStore = (name: string, handler: Resource, minimal: JsonObject, unique: readonly string[]): Store => {
  const { id: _id, ...blank } = minimal;
  const own: Shelf = {
    api: handler.api,
    blank,
    unique,
    rows: new Map(),
    id: (row) => handler.id(row),
    same: (attribute, a, b) => handler.same(attribute, a, b),
  };
  const others = commonApis
    .filter(([api]) => api.path !== handler.api.path)
    .map(([api, shown]): Shelf => ({
      api,
      blank: shown,
      unique: [],
      rows: new Map(),
      id: (row) => String(row[api === keypairs ? 'name' : 'id']),
      same: (_attribute, a, b) => equalJson(a, b),
    }));
  return {
    name,
    shelves: [own, ...others],
    ties: new Set(),
    lists: new Map(),
    bytes: new Map(),
    made: 0,
    project: 'mine',
  };
};

export const shelfAt = (store: Store, path: string): Shelf => {
  const shelf = store.shelves.find(({ api }) => api.path === path);
  if (shelf === undefined) throw new TypeError(`the cloud in memory has no ${path}`);
  return shelf;
};

/** A row as it was put there before any test: with an id of its own where it brings none. */
export const keep = (store: Store, path: string, row: JsonObject): JsonObject => {
  const shelf = shelfAt(store, path);
  const kept: JsonObject =
    row['id'] === undefined && shelf.api.locate === undefined ? { ...row, id: newId(store) } : row;
  shelf.rows.set(shelf.id(kept), kept);
  return kept;
};

export const newId = (store: Store): string => {
  store.made += 1;
  return `made-${store.made}`;
};

/** One row as it is now. */
export const rowOf = (store: Store, path: string, id: string): JsonObject => {
  const row = shelfAt(store, path).rows.get(id);
  if (row === undefined) throw new Refused(404, `${store.name} has no ${path}/${id}`);
  return row;
};

export const change = (store: Store, path: string, id: string, changes: JsonObject): JsonObject => {
  const before = rowOf(store, path, id);
  // Keystone: who wants to change it makes it mutable first.
  const options = before['options'];
  const frozen =
    typeof options === 'object' && options !== null && 'immutable' in options && options.immutable === true;
  if (frozen) throw new Refused(403, `${path}/${id} is immutable`);
  const row = { ...before, ...changes };
  shelfAt(store, path).rows.set(id, row);
  return row;
};

/** Makes a row of a create request's body. */
export const create = (store: Store, shelf: Shelf, body: JsonObject): JsonObject => {
  const path = shelf.api.path;
  const id: JsonObject = body['id'] === undefined && shelf.api.locate === undefined ? { id: newId(store) } : {};
  const row = { ...shelf.blank, ...body, ...id };
  const taken = shelf.unique.length > 0 && [...shelf.rows.values()].some((other) => isSame(shelf, row, other));
  if (taken || shelf.rows.has(shelf.id(row))) throw new Refused(409, `${path} has one like it`);
  shelf.rows.set(shelf.id(row), row);
  return row;
};

const isSame = (shelf: Shelf, a: JsonObject, b: JsonObject): boolean =>
  shelf.unique.every((attribute) => shelf.same(attribute, a[attribute] ?? null, b[attribute] ?? null));

/** Words of queries that choose no rows here: everybody sees everything. */
const wide = ['all_tenants', 'is_public', 'fields', 'visibility', 'limit', 'user.id'];

/** The rows that a query finds. */
export const select = (shelf: Shelf, query: Query): readonly JsonObject[] =>
  [...shelf.rows.values()].filter((row) =>
    Object.entries(query).every(([name, wanted]) => {
      if (wide.includes(name) || !(name in row)) return true;
      if (name === 'metadata') return isWithin(JSON.parse(String(wanted)), row[name]);
      const shown = row[name];
      // Of tags, each that is asked for is there.
      if (Array.isArray(shown))
        return String(wanted)
          .split(',')
          .every((one) => shown.includes(one));
      return (Array.isArray(wanted) ? wanted : [wanted]).includes(String(shown));
    }),
  );

const isWithin = (part: JsonObject, whole: Json | undefined): boolean =>
  Object.entries(part).every(([key, value]) => equalJson(value, (whole as JsonObject | undefined)?.[key]));

export const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('hex');

/** What an image shows of its data. */
export const proofOf = (bytes: Buffer): JsonObject => ({
  status: 'active',
  size: bytes.length,
  checksum: createHash('md5').update(bytes).digest('hex'),
  os_hash_algo: 'sha512',
  os_hash_value: sha512(bytes),
});

/** Everything there is, comparable between runs: ids that the cloud has made are all called `made`. */
export const snapshot = (store: Store): readonly string[] => {
  const rows = store.shelves.flatMap(({ api, rows: all }) =>
    [...all.values()].map((row) => `${api.path} ${canonicalJson(row)}`),
  );
  const lists = [...store.lists].map(([path, list]) => `${path} ${list.map(canonicalJson).sort().join()}`);
  return [...rows, ...store.ties, ...lists].map((text) => text.replaceAll(/made-\d+/g, 'made')).sort();
};
