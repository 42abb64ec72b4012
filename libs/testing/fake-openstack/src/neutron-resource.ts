import type { Call, Cloud, Json, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { hasTags } from './tags.ts';
import type { Attributes } from './neutron-attributes.ts';
import { ofRelease } from './neutron-attributes.ts';
import { refuseOverQuota } from './neutron-quotas.ts';
import { badForm, badInput, badRequest, forbidden } from './neutron-refusals.ts';
import type { Standard } from './neutron-rows.ts';
import { isOwn, touch } from './neutron-rows.ts';
import { checkedCreate, checkedUpdate } from './neutron-validation.ts';
import { page } from './paging.ts';

/** A kind of resource: how its rows are made, changed, removed and shown. */
export interface Kind<Row extends Standard> {
  /** Key in bodies: `security_group`. */
  readonly singular: string;
  /** Key of lists: `security_groups`. */
  readonly collection: string;
  /** Segment of the path: `security-groups`. */
  readonly path: string;
  readonly attributes: Attributes;
  /** Name of its quota; absent: none. */
  readonly quota?: string;
  rows(cloud: Cloud): Map<string, Row>;
  /** The message and type of 404. */
  missing(id: string): Refusal;
  /** Everything that an administrator sees of a row. */
  view(call: Call, row: Row): JsonObject;
  /** True when someone else's row is visible to the caller. */
  isShared(call: Call, row: Row): boolean;
  create(call: Call, asked: JsonObject): Row;
  /** Refuses what may be asked for one by one, and not together. */
  refuseTogether?(many: readonly JsonObject[]): void;
  update(call: Call, row: Row, asked: JsonObject): void;
  remove(call: Call, row: Row): void;
  /** Called before a list is made: what comes into being by being looked at, or steps on by itself. */
  settle?(call: Call): void;
}

/** The five routes of a kind. */
export function routesOf<Row extends Standard>(kind: Kind<Row>): Route[] {
  const path = `/v2.0/${kind.path}`;
  return [
    { method: 'GET', path, handle: (call) => list(call, kind) },
    { method: 'POST', path, handle: (call) => create(call, kind) },
    { method: 'GET', path: `${path}/:id`, handle: (call) => show(call, kind) },
    { method: 'PUT', path: `${path}/:id`, handle: (call) => update(call, kind) },
    { method: 'DELETE', path: `${path}/:id`, handle: (call) => remove(call, kind) },
  ];
}

/** The row that the caller may see, or 404. */
export function visible<Row extends Standard>(call: Call, kind: Kind<Row>, id: string): Row {
  kind.settle?.(call);
  const row = kind.rows(call.cloud).get(id);
  if (row === undefined || !(isOwn(call, row) || kind.isShared(call, row))) throw kind.missing(id);
  return row;
}

/** The row that the caller may change: 404 when it is not visible, 403 when it is another's. */
export function owned<Row extends Standard>(call: Call, kind: Kind<Row>, verb: 'update' | 'delete', id: string): Row {
  const row = visible(call, kind, id);
  if (!isOwn(call, row)) throw forbidden(`rule:${verb}_${kind.singular}`);
  return row;
}

/** A row as this caller sees it, cut to the `fields` of the query. */
export function shown<Row extends Standard>(call: Call, kind: Kind<Row>, row: Row): JsonObject {
  const attributes = ofRelease(kind.attributes, call.cloud.options.release);
  const fields = call.method === 'GET' ? call.query.getAll('fields').flatMap((each) => each.split(',')) : [];
  const entries = Object.entries(kind.view(call, row)).filter(
    ([name]) =>
      attributes[name] !== undefined &&
      (call.context.isAdmin || attributes[name].admin?.includes('see') !== true) &&
      (fields.length === 0 || fields.includes(name)),
  );
  return Object.fromEntries(entries);
}

function show<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  const row = visible(call, kind, call.params.id ?? '');
  return { status: 200, body: { [kind.singular]: shown(call, kind, row) } };
}

function create<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  const given = isObject(call.body) ? call.body : {};
  const { [kind.singular]: one, [kind.collection]: many } = given;
  if (Array.isArray(many)) return createAll(call, kind, many);
  if (!isObject(one)) throw badForm(`Unable to find '${kind.singular}' in request body`);
  return { status: 201, body: { [kind.singular]: shown(call, kind, createOne(call, kind, one)) } };
}

/** All or none: rows made before one is refused are taken back. */
function createAll<Row extends Standard>(call: Call, kind: Kind<Row>, many: readonly Json[]): Reply {
  if (many.length === 0) throw badForm('Resources required');
  const given = many.map((each) => {
    const inner = isObject(each) && isObject(each[kind.singular]) ? each[kind.singular] : each;
    return isObject(inner) ? inner : {};
  });
  kind.refuseTogether?.(given);
  const made: Row[] = [];
  try {
    for (const each of given) made.push(createOne(call, kind, each));
  } catch (error) {
    for (const row of made.reverse()) kind.remove(call, row);
    throw error;
  }
  return { status: 201, body: { [kind.collection]: made.map((row) => shown(call, kind, row)) } };
}

function createOne<Row extends Standard>(call: Call, kind: Kind<Row>, given: JsonObject): Row {
  const asked = checkedCreate(call, kind, given);
  if (kind.quota !== undefined) refuseOverQuota(call.cloud, kind.quota, String(asked.project_id));
  return kind.create(call, asked);
}

function update<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  const row = owned(call, kind, 'update', call.params.id ?? '');
  const given = isObject(call.body) ? call.body[kind.singular] : undefined;
  if (!isObject(given)) throw badForm(`Unable to find '${kind.singular}' in request body`);
  refuseStale(call, row);
  const asked = checkedUpdate(call, kind, given);
  kind.update(call, row, asked);
  touch(call.cloud, row);
  return { status: 200, body: { [kind.singular]: shown(call, kind, row) } };
}

/** `If-Match: revision_number=N` makes a change of an outdated row fail. */
function refuseStale(call: Call, row: Standard): void {
  const match = /revision_number=(\d+)/.exec(call.headers['if-match'] ?? '');
  if (match === null || Number(match[1]) === row.revision_number) return;
  throw new Refusal(
    412,
    `Constrained to ${String(match[1])}, but current revision is ${row.revision_number}`,
    'RevisionNumberConstraintFailed',
  );
}

function remove<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  const row = owned(call, kind, 'delete', call.params.id ?? '');
  refuseStale(call, row);
  kind.remove(call, row);
  return { status: 204 };
}

const CONTROLS = new Set(['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir']);
const TAGS = new Set(['tags', 'tags-any', 'not-tags', 'not-tags-any']);

function list<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  kind.settle?.(call);
  refuseUnknownFilters(call, kind);
  const views = [...kind.rows(call.cloud).values()]
    .filter((row) => isOwn(call, row) || kind.isShared(call, row))
    .map((row) => ({ row, view: kind.view(call, row) }))
    .filter(({ row, view }) => fits(call, view) && hasTags(call.query, row.tags));
  const sorted = sort(call, kind, views);
  const style = {
    collection: kind.collection,
    next: 'links',
    max: Infinity,
    unknownMarker: (marker: string) => kind.missing(marker),
  } as const;
  refuseLimit(call);
  const { rows, next } = page(call, sorted, style, ({ row }) => row.id);
  const body: JsonObject = { [kind.collection]: rows.map(({ row }) => shown(call, kind, row)) };
  const links = pageLinks(call, next, rows[0]?.row.id);
  if (links.length > 0) body[`${kind.collection}_links`] = links;
  return { status: 200, body };
}

/** Links are given only where a limit was asked for or the cloud has one; a previous page is always claimed then. */
function pageLinks(call: Call, next: string | undefined, first: string | undefined): JsonObject[] {
  if (!call.query.has('limit') && call.cloud.options.maxPage === undefined) return [];
  const query = new URLSearchParams(call.query);
  if (first === undefined) query.delete('marker');
  else query.set('marker', first);
  query.set('page_reverse', 'True');
  const previous = { rel: 'previous', href: `${call.baseUrl}${call.path}?${query.toString()}` };
  return next === undefined ? [previous] : [{ rel: 'next', href: next }, previous];
}

function refuseLimit(call: Call): void {
  const limit = call.query.get('limit');
  if (limit === null || /^\d+$/.test(limit)) return;
  throw badRequest('limit', `Limit must be an integer 0 or greater and not '${limit}'`);
}

function refuseUnknownFilters<Row extends Standard>(call: Call, kind: Kind<Row>): void {
  const attributes = ofRelease(kind.attributes, call.cloud.options.release);
  const unknown = [...new Set(call.query.keys())].filter(
    (key) => !CONTROLS.has(key) && !TAGS.has(key) && attributes[key] === undefined && key !== 'changed_since',
  );
  if (unknown.length === 0) return;
  throw badForm(`[${unknown.map((key) => `'${key}'`).join(', ')}] is invalid attribute for filtering`);
}

/** Repeated values of one attribute are alternatives; different attributes must all fit. */
function fits(call: Call, view: JsonObject): boolean {
  return [...new Set(call.query.keys())].every((key) => {
    if (CONTROLS.has(key) || TAGS.has(key)) return true;
    return call.query.getAll(key).some((value) => equal(key, view[key], value));
  });
}

function equal(key: string, have: Json | undefined, value: string): boolean {
  if (typeof have === 'boolean') return have === /^(true|1|on|yes)$/i.test(value);
  if (key === 'fixed_ips' && Array.isArray(have))
    return have.some((each) => isObject(each) && fixedIpFits(each, value));
  if (Array.isArray(have)) return have.some((each) => String(each) === value);
  if (have === null || have === undefined) return value === '' && have === null ? false : value === 'None';
  return String(have) === value;
}

function fixedIpFits(fixedIp: JsonObject, filter: string): boolean {
  const [key = '', ...rest] = filter.split('=');
  const value = rest.join('=');
  if (key === 'ip_address_substr') return String(fixedIp.ip_address).includes(value);
  return fixedIp[key] === value;
}

function sort<Row extends Standard>(
  call: Call,
  kind: Kind<Row>,
  views: { row: Row; view: JsonObject }[],
): { row: Row; view: JsonObject }[] {
  const keys = call.query.getAll('sort_key');
  const directions = call.query.getAll('sort_dir');
  if (keys.length !== directions.length) throw badForm('The number of sort_keys and sort_dirs must be same');
  for (const key of keys) {
    if (kind.attributes[key] === undefined) throw badForm(`['${key}'] is invalid attribute for sort_keys`);
  }
  for (const direction of directions) {
    if (direction !== 'asc' && direction !== 'desc') throw badInput(`sort_dir must be one of 'asc' or 'desc'`);
  }
  return [...views].sort((a, b) => {
    for (const [index, key] of keys.entries()) {
      const order = compare(a.view[key], b.view[key]) * (directions[index] === 'desc' ? -1 : 1);
      if (order !== 0) return order;
    }
    return compare(a.row.id, b.row.id);
  });
}

function compare(a: Json | undefined, b: Json | undefined): number {
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}
