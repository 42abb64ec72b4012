import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { Refusal, bodyOf, isObject, table } from './frame.ts';

/** A project, or a domain (a project that acts as one: `is_domain`). */
export interface Project extends JsonObject {
  id: string;
  name: string;
  /** Null for a domain. */
  domain_id: string | null;
  parent_id: string | null;
  description: Json;
  enabled: boolean;
  is_domain: boolean;
  tags: string[];
  options: JsonObject;
}

/** A user without its password. Attributes that Keystone does not know (`email`) are kept as they came. */
export interface User extends JsonObject {
  id: string;
  name: string;
  domain_id: string;
  enabled: boolean;
  password_expires_at: null;
  options: JsonObject;
}

/** A group of users. */
export interface Group extends JsonObject {
  id: string;
  name: string;
  domain_id: string;
  description: Json;
}

/** A role; of one domain, or global when `domain_id` is null. */
export interface Role extends JsonObject {
  id: string;
  name: string;
  domain_id: string | null;
  description: Json;
  options: JsonObject;
}

/** Who holds which role where. `target` is `system` or the id of a project or domain. */
export interface Grant {
  readonly id: string;
  readonly actor: 'user' | 'group';
  readonly actorId: string;
  readonly scope: 'project' | 'domain' | 'system';
  readonly targetId: string;
  readonly roleId: string;
  readonly inherited: boolean;
}

/** An application credential. `secret` is never shown after its making. */
export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly secret: string;
  readonly shown: JsonObject;
  readonly projectId: string;
  readonly roleIds: readonly string[];
  readonly expiresAt: number | undefined;
}

export const projects = table<Project>('identity.projects');
export const users = table<User>('identity.users');
/** Passwords by user id, apart from the rows so that no answer can show one. */
export const passwords = table<string>('identity.passwords');
export const groups = table<Group>('identity.groups');
/** Ids of members by group id. */
export const groupMembers = table<Set<string>>('identity.groupMembers');
export const roles = table<Role>('identity.roles');
/** Ids of implied roles by prior role id. */
export const impliedRoles = table<Set<string>>('identity.impliedRoles');
export const grants = table<Grant>('identity.grants');
export const applicationCredentials = table<ApplicationCredential>('identity.applicationCredentials');
export const credentials = table<JsonObject>('identity.credentials');
export const regions = table<JsonObject>('identity.regions');
export const catalogServices = table<JsonObject>('identity.services');
export const endpoints = table<JsonObject>('identity.endpoints');

/** Titles of statuses as Keystone writes them. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  500: 'Internal Server Error',
};

const NOT_ROUTED =
  '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not ' +
  'found on the server. If you entered the URL manually please check your spelling and try again.</p>\n';

/** Keystone's error body. A path or method that it does not know is answered by its web framework, in other words. */
export function identityRefusal(refusal: Refusal): { body: JsonObject } | { text: string } {
  if (refusal.type === 'HTTPNotFound') return { text: NOT_ROUTED };
  if (refusal.type === 'HTTPMethodNotAllowed') {
    return { body: { message: 'The method is not allowed for the requested URL.' } };
  }
  const title = TITLES[refusal.status] ?? 'Error';
  return { body: { error: { code: refusal.status, message: refusal.message, title } } };
}

/** 401, which never says why. */
export function unauthorized(): Refusal {
  return new Refusal(401, 'The request you have made requires authentication.');
}

/** 404 of one kind of thing: `Could not find project: x.` */
export function notFound(kind: string, id: string): Refusal {
  return new Refusal(404, `Could not find ${kind}: ${id}.`);
}

/** The row or 404. */
export function found<Row>(rows: Map<string, Row>, kind: string, id: string): Row {
  const row = rows.get(id);
  if (row === undefined) throw notFound(kind, id);
  return row;
}

/** A domain or 404. */
export function foundDomain(cloud: Cloud, id: string): Project {
  const row = projects(cloud).get(id);
  if (row?.is_domain !== true) throw notFound('domain', id);
  return row;
}

/** Refuses 403 when the caller is not an administrator. `action` is the policy's name: `identity:create_user`. */
export function adminOnly(call: Call, action: string): void {
  if (!call.context.isAdmin) throw forbidden(action);
}

/** Refuses 403 when the caller is neither an administrator nor this user. */
export function ownerOrAdmin(call: Call, userId: string, action: string): void {
  if (call.context.userId !== userId) adminOnly(call, action);
}

/** 403 of a policy. */
export function forbidden(action: string): Refusal {
  return new Refusal(403, `You are not authorized to perform the requested action: ${action}.`);
}

/** A row as it is shown: with the link to itself. */
export function shown(call: Call, path: string, row: JsonObject): JsonObject {
  return { ...row, links: { self: `${call.baseUrl}/v3${path}` } };
}

/** The body of a list. Keystone does not page what is asked without a limit. */
export function listed(call: Call, key: string, rows: Json[]): JsonObject {
  return { [key]: rows, links: { next: null, self: selfOf(call), previous: null } };
}

function selfOf(call: Call): string {
  return `${call.baseUrl}${call.path}${call.search === '' ? '' : `?${call.search}`}`;
}

/** True for a row that fits every known filter of the query; `name__contains` and its kin included. */
export function fits(call: Call, row: JsonObject, known: readonly string[]): boolean {
  return [...call.query].every(([key, value]) => {
    const [attribute = '', comparator] = key.split('__');
    if (!known.includes(attribute)) return true;
    return comparator === undefined ? equal(row[attribute], value) : compare(row[attribute], comparator, value);
  });
}

function equal(have: Json | undefined, value: string): boolean {
  if (typeof have === 'boolean') return have === !/^(0|false|f|no|n|off)$/i.test(value);
  return have === value;
}

function compare(have: Json | undefined, comparator: string, value: string): boolean {
  if (typeof have !== 'string') return false;
  const insensitive = comparator.startsWith('i');
  const a = insensitive ? have.toLowerCase() : have;
  const b = insensitive ? value.toLowerCase() : value;
  switch (insensitive ? comparator.slice(1) : comparator) {
    case 'contains':
      return a.includes(b);
    case 'startswith':
      return a.startsWith(b);
    case 'endswith':
      return a.endsWith(b);
    default:
      return true;
  }
}

/**
 * The body of a list whose rows have ids: ordered by id, as Keystone's database gives them. Epoxy pages projects, users,
 * groups, roles and their kin by `limit` and `marker`, and says `truncated`; Zed gives all, whatever is asked.
 */
export function pagedList<Row extends JsonObject & { id: string }>(
  call: Call,
  key: string,
  rows: readonly Row[],
  show: (row: Row) => JsonObject,
): JsonObject {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (call.cloud.options.release === 'zed') return listed(call, key, sorted.map(show));
  const marker = call.query.get('marker');
  const limit = call.query.get('limit');
  if (limit !== null && !/^\d+$/.test(limit)) {
    throw new Refusal(400, `invalid literal for int() with base 10: '${limit}'`);
  }
  const rest = marker === null ? sorted : sorted.filter((row) => row.id > marker);
  const size = call.cloud.maxPage(limit === null ? Infinity : Number(limit));
  const cut = rest.slice(0, size);
  const last = cut.at(-1);
  const body = listed(call, key, cut.map(show));
  if (cut.length === rest.length || last === undefined) return body;
  const query = new URLSearchParams(call.query);
  query.set('limit', String(size));
  query.set('marker', last.id);
  const next = `${call.baseUrl}${call.path}?${query.toString()}`;
  return { ...body, links: { next, self: selfOf(call), previous: null }, truncated: true };
}

/** The name of a new thing, checked as Keystone's schema does. The words differ between the releases. */
export function nameOf(call: Call, kind: string, asked: JsonObject, longest: number): string {
  const { name } = asked;
  if (name === undefined) throw invalid(call, kind, asked, "'name' is a required property", true);
  if (typeof name !== 'string') throw invalid(call, 'name', name, `${literal(name)} is not of type 'string'`);
  if (name === '') throw invalid(call, 'name', name, "'' is too short");
  if (name.trim() === '') throw invalid(call, 'name', name, `'${name}' does not match '[\\S]+'`);
  if (name.length > longest) throw invalid(call, 'name', name, `'${name}' is too long`);
  return name;
}

/** The new name of a thing that has one, checked. */
export function renamed(call: Call, kind: string, asked: JsonObject, current: string, longest: number): string {
  return 'name' in asked ? nameOf(call, kind, asked, longest) : current;
}

/** A boolean attribute, or its default when absent. */
export function booleanOf(call: Call, asked: JsonObject, key: string, absent: boolean): boolean {
  const value = asked[key];
  if (value === undefined) return absent;
  if (typeof value === 'boolean') return value;
  const isEpoxy = call.cloud.options.release === 'epoxy';
  if (isEpoxy && typeof value === 'string' && SPELLINGS.includes(value)) return !/^(false|0|n|off|no|)$/i.test(value);
  const known = ['True', "'True'", "'TRUE'", "'true'", 'False', ...SPELLINGS.slice(3).map((each) => `'${each}'`)];
  const why = isEpoxy ? `is not one of [${known.join(', ')}]` : "is not of type 'boolean'";
  throw invalid(call, key, value, `${literal(value)} ${why}`);
}

/** Texts that Epoxy takes for booleans. */
const SPELLINGS = 'True TRUE true False FALSE false  1 0 y Y n N on ON off OFF yes no'.split(' ');

/** A value as Python writes it. */
function literal(value: Json): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function invalid(call: Call, field: string, value: Json, why: string, isWhole = false): Refusal {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (call.cloud.options.release === 'epoxy') {
    return new Refusal(400, `Invalid input for field/attribute ${field}. Value: ${text}. ${why}`);
  }
  return new Refusal(400, isWhole ? why : `Invalid input for field '${field}': ${why}`);
}

/** Refuses 403 to change or delete what is marked immutable. */
export function refuseImmutable(
  kind: string,
  row: JsonObject & { id: string },
  verb: 'update' | 'delete',
  asked?: JsonObject,
): void {
  const { options } = row;
  if (!isObject(options) || options.immutable !== true) return;
  if (asked !== undefined && isObject(asked.options) && asked.options.immutable === false) return;
  const rest = `Unable to ${verb} immutable ${kind} resource: \`${row.id}. Set resource option "immutable" to false first.`;
  throw new Refusal(403, rest);
}

/** Options after a change: given ones are set, null ones removed, others kept. */
export function mergedOptions(current: JsonObject, asked: Json | undefined): JsonObject {
  if (!isObject(asked)) return current;
  const merged = { ...current, ...asked };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/**
 * The answer to a PATCH: attributes that Keystone has no column for are shown twice there, once more under `extra`. No
 * GET shows that.
 */
export function patched(shownRow: JsonObject, known: readonly string[]): JsonObject {
  const extra = Object.fromEntries(Object.entries(shownRow).filter(([key]) => !known.includes(key) && key !== 'links'));
  return Object.keys(extra).length === 0 ? shownRow : { ...shownRow, extra };
}

/** A string attribute that may be null; its default when absent. */
export function textOf(asked: JsonObject, key: string): string | undefined {
  const value = asked[key];
  return typeof value === 'string' ? value : undefined;
}

/** The object of the body under `key`. */
export function askedFor(call: Call, key: string): JsonObject {
  return bodyOf(call, key);
}

/** Keystone's conflict. */
export function conflict(kind: string, details: string): Refusal {
  return new Refusal(409, `Conflict occurred attempting to store ${kind} - ${details}.`);
}
