import type { Call, Cloud, JsonObject } from './frame.ts';
import { Refusal, isObject, isoSeconds, table } from './frame.ts';

/** What lies between a request and the name servers' having heard of it. */
export interface Published {
  action: 'CREATE' | 'UPDATE' | 'DELETE' | 'NONE';
  /** Milliseconds since the epoch: when the name servers were last told. */
  since: number;
  version: number;
  createdAt: number;
  updatedAt: number | null;
}

/** A zone. */
export interface Zone extends Published {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly type: 'PRIMARY' | 'SECONDARY';
  email: string;
  ttl: number;
  description: string | null;
  attributes: JsonObject;
  masters: readonly string[];
  serial: number;
}

/** The records of one name and type. */
export interface Recordset extends Published {
  readonly id: string;
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  records: readonly string[];
  ttl: number | null;
  description: string | null;
}

const zones = table<Zone>('dns.zones');
const recordsets = table<Recordset>('dns.recordsets');

/** A refusal that names what in an object is wrong. */
export class InvalidObject extends Refusal {
  constructor(readonly errors: readonly JsonObject[]) {
    super(400, '', 'invalid_object');
  }
}

/** How a new thing begins: unknown to the name servers. */
export const fresh = (cloud: Cloud): Published => ({
  action: 'CREATE',
  since: cloud.now(),
  version: 1,
  createdAt: cloud.now(),
  updatedAt: null,
});

/** Has the name servers told again. */
export function touch(cloud: Cloud, row: Published, action: 'UPDATE' | 'DELETE'): void {
  row.action = action;
  row.since = cloud.now();
  row.version += 1;
  row.updatedAt = cloud.now();
}

/** Lets time pass: what the name servers have heard of is done, and what was deleted is gone. */
export function settle(cloud: Cloud): void {
  for (const rows of [zones(cloud), recordsets(cloud)]) {
    for (const [id, row] of rows) {
      if (row.action === 'NONE' || !cloud.ripe(row.since)) continue;
      if (row.action === 'DELETE') rows.delete(id);
      row.action = 'NONE';
    }
  }
  for (const [id, { zoneId }] of recordsets(cloud)) if (!zones(cloud).has(zoneId)) recordsets(cloud).delete(id);
}

/** Every zone that there is, whoever owns it. */
export function allZones(cloud: Cloud): readonly Zone[] {
  settle(cloud);
  return [...zones(cloud).values()];
}

/** Every set of records that there is. */
export function allRecordsets(cloud: Cloud): readonly Recordset[] {
  settle(cloud);
  return [...recordsets(cloud).values()];
}

export const keepZone = (cloud: Cloud, zone: Zone): void => void zones(cloud).set(zone.id, zone);

export const keepRecordset = (cloud: Cloud, set: Recordset): void => void recordsets(cloud).set(set.id, set);

/** For whom the caller works. Only an administrator may say somebody else, or everybody. */
export function scopeOf(call: Call): { readonly projectId: string; readonly everybody: boolean } {
  const sudo = call.headers['x-auth-sudo-project-id'] ?? call.headers['x-auth-sudo-tenant-id'];
  const everybody = /^(true|1|yes|on|t|y)$/i.test(String(call.headers['x-auth-all-projects'] ?? ''));
  if ((sudo !== undefined || everybody) && !call.context.isAdmin) throw new Refusal(403, '', 'empty');
  return { projectId: typeof sudo === 'string' ? sudo : (call.context.projectId ?? ''), everybody };
}

/** The zones that the caller sees. */
export function seenZones(call: Call): readonly Zone[] {
  const { projectId, everybody } = scopeOf(call);
  return allZones(call.cloud).filter((zone) => everybody || zone.projectId === projectId);
}

/** The zone of the request's path. */
export function zoneOf(call: Call): Zone {
  const id = call.params['id'] ?? '';
  needUuid('zone_id', id);
  const zone = seenZones(call).find((each) => each.id === id);
  if (zone === undefined) throw new Refusal(404, 'Could not find Zone', 'zone_not_found');
  return zone;
}

/** Refuses an id that is none. */
export function needUuid(name: string, id: string): void {
  if (/^[0-9a-f-]{32,36}$/i.test(id)) return;
  throw new Refusal(400, `Invalid UUID ${name}: ${id}`, 'invalid_uuid');
}

/** The body: Designate's have no envelope. Refuses keys that it does not know. */
export function fieldsOf(call: Call, what: 'zone' | 'recordset', known: readonly string[]): JsonObject {
  if (!isObject(call.body)) throw new Refusal(400, 'Unspecified body', 'bad_request');
  const strange = Object.keys(call.body).filter((key) => !known.includes(key));
  if (strange.length === 0) return call.body;
  const keys = strange.map((key) => `'${key}'`).join(', ');
  const message = `Provided object does not match schema. Keys [${keys}] are not valid for ${what}`;
  throw new Refusal(400, message, 'invalid_object');
}

/** What both kinds show of their state. */
export const stateOf = (row: Published): JsonObject => ({
  status: row.action === 'NONE' ? 'ACTIVE' : 'PENDING',
  action: row.action,
  version: row.version,
  created_at: time(row.createdAt),
  updated_at: row.updatedAt === null ? null : time(row.updatedAt),
});

const time = (at: number): string => `${isoSeconds(at).slice(0, 19)}.000000`;
