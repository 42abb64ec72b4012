import { allRecordsets, allZones, fieldsOf, fresh, InvalidObject, keepRecordset, keepZone } from './designate-rows.ts';
import { scopeOf, seenZones, stateOf, touch, zoneOf, type Zone } from './designate-rows.ts';
import { pageOf } from './designate-page.ts';
import type { Call, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

const POOL = '794ccc2c-d751-44fe-b57f-8894c9f5c842';
const DEFAULT_TTL = 3600;
/** What `managed_resource_email` is where nobody sets it: every secondary zone shows it. */
const CLOUDS_EMAIL = 'hostmaster@example.com';

/** A zone as this release shows it. */
export function viewZone(call: Call, zone: Zone): JsonObject {
  const { status, action, version, ...times } = stateOf(zone);
  return {
    id: zone.id,
    pool_id: POOL,
    project_id: zone.projectId,
    name: zone.name,
    email: zone.email,
    description: zone.description,
    ttl: zone.ttl,
    serial: zone.serial,
    ...(call.cloud.options.release === 'zed' ? {} : { shared: false }),
    ...{ status, action, version },
    attributes: zone.attributes,
    type: zone.type,
    masters: [...zone.masters],
    ...times,
    transferred_at: null,
    links: { self: `${call.baseUrl}/v2/zones/${zone.id}` },
  };
}

export function listZones(call: Call): Reply {
  const views = seenZones(call).map((zone) => viewZone(call, zone));
  return pageOf(call, 'zones', views, ['name', 'type', 'email', 'status', 'description', 'ttl']);
}

export function showZone(call: Call): Reply {
  return { status: 200, body: viewZone(call, zoneOf(call)) };
}

export function createZone(call: Call): Reply {
  const known = ['name', 'type', 'email', 'ttl', 'description', 'attributes', 'masters'];
  const fields = fieldsOf(call, 'zone', known);
  const { projectId } = scopeOf(call);
  const type = typeOf(fields);
  checkFields(fields, type);
  const name = nameOf(fields);
  refuseForeign(call, name, projectId);
  const now = call.cloud.now();
  const zone: Zone = {
    ...fresh(call.cloud),
    ...{ id: call.cloud.newId(), projectId, name, type },
    email: type === 'SECONDARY' ? CLOUDS_EMAIL : String(fields['email']),
    ttl: ttlOf(fields['ttl']) ?? DEFAULT_TTL,
    description: textOrNull(fields['description']),
    attributes: isObject(fields['attributes']) ? fields['attributes'] : {},
    masters: mastersOf(fields),
    serial: type === 'SECONDARY' ? 1 : Math.floor(now / 1000),
  };
  keepZone(call.cloud, zone);
  if (type === 'PRIMARY') makeApex(call, zone);
  const body = viewZone(call, zone);
  return { status: 202, body, headers: { Location: `${call.baseUrl}/v2/zones/${zone.id}` } };
}

/** The pool's own: what no caller can write. */
function makeApex(call: Call, zone: Zone): void {
  const server = `ns1.${call.cloud.options.name}.fake.`;
  const soa = `${server} ${zone.email.replace('@', '.')}. ${zone.serial} 3600 600 86400 3600`;
  for (const [type, record] of [
    ['SOA', soa],
    ['NS', server],
  ] as const) {
    const own = { id: call.cloud.newId(), zoneId: zone.id, name: zone.name, type, records: [record] };
    keepRecordset(call.cloud, { ...fresh(call.cloud), ...own, ttl: null, description: null });
  }
}

export function updateZone(call: Call): Reply {
  const zone = zoneOf(call);
  if (zone.action === 'DELETE') throw new Refusal(400, 'Can not update a deleting zone', 'bad_request');
  const fields = fieldsOf(call, 'zone', ['email', 'ttl', 'description', 'attributes', 'masters']);
  if (fields['ttl'] === null) throw new Refusal(500, '', 'unknown');
  if (typeof fields['email'] === 'string') zone.email = fields['email'];
  if ('description' in fields) zone.description = textOrNull(fields['description']);
  if ('masters' in fields) zone.masters = mastersOf(fields);
  zone.ttl = ttlOf(fields['ttl']) ?? zone.ttl;
  touch(call.cloud, zone, 'UPDATE');
  return { status: 202, body: viewZone(call, zone) };
}

export function deleteZone(call: Call): Reply {
  const zone = zoneOf(call);
  if (allZones(call.cloud).some(({ name }) => name.endsWith(`.${zone.name}`))) {
    throw new Refusal(400, 'Please delete any subzones before deleting this zone', 'zone_has_sub_zone');
  }
  touch(call.cloud, zone, 'DELETE');
  for (const set of allRecordsets(call.cloud)) if (set.zoneId === zone.id) touch(call.cloud, set, 'DELETE');
  return { status: 202, body: viewZone(call, zone) };
}

/** A zone's name is unique, and what lies above and below it belongs to one project. */
function refuseForeign(call: Call, name: string, projectId: string): void {
  for (const other of allZones(call.cloud)) {
    const own = other.projectId === projectId;
    if (other.name.toLowerCase() === name.toLowerCase()) {
      const message = own ? 'Duplicate Zone' : 'Zone already exists, owned by a different tenant';
      throw new Refusal(409, message, 'duplicate_zone');
    }
    if (!own && name.endsWith(`.${other.name}`)) {
      throw new Refusal(403, 'Unable to create subzone in another tenants zone', 'illegal_child');
    }
    if (!own && other.name.endsWith(`.${name}`)) {
      const message = 'Unable to create zone because another tenant owns a subzone of the zone';
      throw new Refusal(403, message, 'illegal_parent');
    }
  }
}

function typeOf({ type = 'PRIMARY' }: JsonObject): 'PRIMARY' | 'SECONDARY' {
  if (type === 'PRIMARY' || type === 'SECONDARY') return type;
  throw invalid(`Field value ${String(type)} is invalid`);
}

function checkFields(fields: JsonObject, type: 'PRIMARY' | 'SECONDARY'): void {
  const masters = mastersOf(fields);
  if (type === 'SECONDARY') {
    const refused = ['email', 'ttl'].filter((name) => name in fields);
    if (refused.length > 0) {
      throw new InvalidObject(
        refused.map((name) => ({
          path: ['type'],
          message: `'${name}' can't be specified when type is SECONDARY`,
          validator: 'not_allowed',
          validator_value: name,
        })),
      );
    }
    if (masters.length === 0) throw required('masters', ['masters']);
    return;
  }
  if (masters.length > 0) {
    const message = "'masters' has more items than allowed";
    throw new InvalidObject([{ path: ['type'], message, validator: 'maxItems', validator_value: ['masters'] }]);
  }
  if (fields['email'] === undefined) throw required('email', 'email');
  if (!/^[^@]+@[^@]+[^.]$/.test(String(fields['email']))) throw invalid(`${String(fields['email'])} is not an email`);
  if (fields['ttl'] === null) throw new Refusal(500, '', 'unknown');
}

const required = (name: string, value: Json): InvalidObject =>
  new InvalidObject([
    {
      path: ['type', name],
      message: `'${name}' is a required property`,
      validator: 'required',
      validator_value: value,
    },
  ]);

const invalid = (why: string): Refusal =>
  new Refusal(400, `Provided object is not valid. Got a ValueError error with message ${why}`, 'invalid_object');

function nameOf({ name }: JsonObject): string {
  if (typeof name !== 'string') throw required('name', 'name');
  if (!name.endsWith('.')) throw invalid(`Domain ${name} does not end with a dot`);
  return name;
}

function ttlOf(ttl: Json | undefined): number | undefined {
  if (ttl === undefined) return undefined;
  if (!/^\d+$/.test(String(ttl))) throw invalid(`invalid literal for int() with base 10: '${String(ttl)}'`);
  return Number(ttl);
}

/** The port of all name servers is not shown. */
const mastersOf = ({ masters }: JsonObject): readonly string[] =>
  Array.isArray(masters) ? masters.map((master) => String(master).replace(/:53$/, '')) : [];

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
