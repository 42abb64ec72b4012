import { isIPv4, isIPv6 } from 'node:net';
import { allRecordsets, allZones, fieldsOf, fresh, InvalidObject, keepRecordset, needUuid } from './designate-rows.ts';
import { seenZones, stateOf, touch, zoneOf, type Recordset, type Zone } from './designate-rows.ts';
import { pageOf } from './designate-page.ts';
import type { Call, Json, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';

function viewRecordset(call: Call, set: Recordset, zone: Zone): JsonObject {
  return {
    id: set.id,
    zone_id: zone.id,
    project_id: zone.projectId,
    name: set.name,
    zone_name: zone.name,
    type: set.type,
    records: [...set.records],
    description: set.description,
    ttl: set.ttl,
    ...stateOf(set),
    links: { self: `${call.baseUrl}/v2/zones/${zone.id}/recordsets/${set.id}` },
  };
}

const FILTERS = ['name', 'type', 'ttl', 'data', 'status', 'description'];

/** Those of one zone. */
export function listRecordsets(call: Call): Reply {
  const zone = zoneOf(call);
  const views = allRecordsets(call.cloud)
    .filter(({ zoneId }) => zoneId === zone.id)
    .map((set) => viewRecordset(call, set, zone));
  return pageOf(call, 'recordsets', views, FILTERS);
}

/** Those of every zone that the caller sees. */
export function listAllRecordsets(call: Call): Reply {
  const zones = new Map(seenZones(call).map((zone) => [zone.id, zone]));
  const views = allRecordsets(call.cloud).flatMap((set) => {
    const zone = zones.get(set.zoneId);
    return zone === undefined ? [] : [viewRecordset(call, set, zone)];
  });
  return pageOf(call, 'recordsets', views, FILTERS);
}

export function showRecordset(call: Call): Reply {
  const zone = zoneOf(call);
  return { status: 200, body: viewRecordset(call, recordsetOf(call, zone), zone) };
}

export function createRecordset(call: Call): Reply {
  const zone = zoneOf(call);
  const fields = fieldsOf(call, 'recordset', ['name', 'type', 'records', 'ttl', 'description']);
  const type = String(fields['type']);
  const name = String(fields['name']);
  const records = recordsOf(fields);
  checkRecords(type, records);
  if (type === 'SOA') throw new Refusal(400, 'Creating a SOA recordset is not allowed', 'bad_request');
  const places = allRecordsets(call.cloud).filter((set) => set.zoneId === zone.id && same(set.name, name));
  checkPlace(call, zone, name, type, places);
  const made: Recordset = {
    ...fresh(call.cloud),
    ...{ id: call.cloud.newId(), zoneId: zone.id, name, type, records },
    ...{ ttl: numberOrNull(fields['ttl']), description: textOrNull(fields['description']) },
  };
  // The name servers need not hear of nothing.
  if (records.length === 0) made.action = 'NONE';
  keepRecordset(call.cloud, made);
  if (records.length > 0) tell(call, zone);
  const body = viewRecordset(call, made, zone);
  return { status: records.length === 0 ? 201 : 202, body };
}

export function updateRecordset(call: Call): Reply {
  const zone = zoneOf(call);
  const set = recordsetOf(call, zone);
  if (set.type === 'SOA') throw new Refusal(400, 'Updating SOA recordsets is not allowed', 'bad_request');
  if (set.type === 'NS' && same(set.name, zone.name)) {
    throw new Refusal(400, 'Updating a root zone NS record is not allowed', 'bad_request');
  }
  const fields = fieldsOf(call, 'recordset', ['name', 'type', 'records', 'ttl', 'description']);
  if ('records' in fields) {
    const records = recordsOf(fields);
    checkRecords(set.type, records);
    set.records = records;
  }
  if ('ttl' in fields) set.ttl = numberOrNull(fields['ttl']);
  if ('description' in fields) set.description = textOrNull(fields['description']);
  touch(call.cloud, set, 'UPDATE');
  tell(call, zone);
  return { status: 202, body: viewRecordset(call, set, zone) };
}

export function deleteRecordset(call: Call): Reply {
  const zone = zoneOf(call);
  const set = recordsetOf(call, zone);
  if (set.type === 'SOA') throw new Refusal(400, 'Deleting a SOA recordset is not allowed', 'bad_request');
  touch(call.cloud, set, 'DELETE');
  tell(call, zone);
  return { status: 202, body: viewRecordset(call, set, zone) };
}

/** A change of its records is a change of the zone. */
function tell(call: Call, zone: Zone): void {
  touch(call.cloud, zone, 'UPDATE');
  zone.serial = Math.max(zone.serial + 1, Math.floor(call.cloud.now() / 1000));
}

function recordsetOf(call: Call, zone: Zone): Recordset {
  const id = call.params['recordset'] ?? '';
  needUuid('recordset_id', id);
  const found = allRecordsets(call.cloud).find((set) => set.id === id && set.zoneId === zone.id);
  if (found === undefined) throw new Refusal(404, 'Could not find RecordSet', 'recordset_not_found');
  return found;
}

function checkPlace(call: Call, zone: Zone, name: string, type: string, there: readonly Recordset[]): void {
  const misplaced = (message: string): Refusal => new Refusal(400, message, 'invalid_recordset_location');
  if (!isWithin(name, zone.name)) throw misplaced("RecordSet is not contained within it's parent zone");
  const child = allZones(call.cloud).find(
    (other) => isWithin(other.name, zone.name, true) && isWithin(name, other.name),
  );
  if (child !== undefined) throw misplaced(`RecordSet belongs in a child zone: ${child.name}`);
  if (there.some((set) => set.type === type)) throw new Refusal(409, 'Duplicate RecordSet', 'duplicate_recordset');
  if (there.some((set) => type === 'CNAME' || set.type === 'CNAME')) {
    throw misplaced('CNAME recordsets may not share a name with any other records');
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const isWithin = (name: string, zone: string, below = false): boolean =>
  name.toLowerCase().endsWith(`.${zone.toLowerCase()}`) || (!below && same(name, zone));

/** What a record of a type may look like; types that are not here take anything. */
const formats: Readonly<Record<string, (record: string) => boolean>> = {
  A: isIPv4,
  AAAA: isIPv6,
  TXT: (record) => /^"(?:[^"\\]|\\.)*"$/.test(record) && record.length <= 257,
  CAA: (record) => /^\d+ (?:issue|issuewild|iodef) [^"]+$/.test(record),
  MX: (record) => /^\d+ \S+\.$/.test(record),
  CNAME: (record) => /^\S+\.$/.test(record),
  NS: (record) => /^\S+\.$/.test(record),
  SRV: (record) => /^\d+ \d+ \d+ \S+\.$/.test(record),
};

function checkRecords(type: string, records: readonly string[]): void {
  const at = records.findIndex((record) => formats[type]?.(record) === false);
  if (at < 0) return;
  const message = `'${records[at] ?? ''}' is not a '${type}' Record`;
  throw new InvalidObject([{ path: ['records', at], message, validator: 'format', validator_value: [type] }]);
}

const recordsOf = ({ records }: JsonObject): readonly string[] =>
  Array.isArray(records) ? [...new Set(records.map(String))] : [];

const numberOrNull = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
