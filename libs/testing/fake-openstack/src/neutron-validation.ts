import type { Call, Json, JsonObject } from './frame.ts';
import { isObject } from './frame.ts';
import { parseAddress, parseBlock } from './neutron-addresses.ts';
import type { Attribute, AttributeType, Attributes } from './neutron-attributes.ts';
import { ofRelease } from './neutron-attributes.ts';
import { badAttribute, badForm, badInput, forbidden, pythonic } from './neutron-refusals.ts';

/** A resource as its requests are checked. */
export interface Checked {
  /** Key in bodies: `security_group`. */
  readonly singular: string;
  readonly attributes: Attributes;
}

/**
 * The attributes asked for at creation, defaults filled in, checked in the order in which neutron checks: unknown
 * attributes, who owns it, what may be given, types, rights. `project_id` is always there.
 */
export function checkedCreate(call: Call, kind: Checked, given: JsonObject): JsonObject {
  const attributes = ofRelease(kind.attributes, call.cloud.options.release);
  const owner = ownerOf(call, given);
  refuseUnknown(attributes, given);
  for (const name of Object.keys(given)) {
    if (attributes[name]?.post === false) throw badForm(`Attribute '${name}' not allowed in POST`);
  }
  const filled = withDefaults(attributes, given);
  const converted = convertAll(attributes, filled);
  refuseUnprivileged(call, kind, attributes, given, 'post');
  return { ...converted, project_id: owner, tenant_id: owner };
}

/** The attributes to change, checked. */
export function checkedUpdate(call: Call, kind: Checked, given: JsonObject): JsonObject {
  const attributes = ofRelease(kind.attributes, call.cloud.options.release);
  refuseUnknown(attributes, given);
  for (const name of Object.keys(given)) {
    if (attributes[name]?.put === false) throw badForm(`Cannot update read-only attribute ${name}`);
  }
  const converted = convertAll(attributes, given);
  refuseUnprivileged(call, kind, attributes, given, 'put');
  return converted;
}

function ownerOf(call: Call, given: JsonObject): string {
  const { project_id: project, tenant_id: tenant } = given;
  if (project !== undefined && tenant !== undefined && project !== tenant) {
    throw badForm("'project_id' and 'tenant_id' do not match");
  }
  const asked = project ?? tenant;
  const own = call.context.projectId ?? '';
  if (typeof asked !== 'string') return own;
  if (asked !== own && !call.context.isAdmin) {
    throw badForm(
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges",
    );
  }
  return asked;
}

function refuseUnknown(attributes: Attributes, given: JsonObject): void {
  const unknown = Object.keys(given).filter((name) => attributes[name] === undefined);
  if (unknown.length > 0) throw badForm(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

function withDefaults(attributes: Attributes, given: JsonObject): JsonObject {
  const filled: JsonObject = { ...given };
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name in filled || !attribute.post) continue;
    if (attribute.required === true)
      throw badForm(`Failed to parse request. Required attribute '${name}' not specified`);
    if (attribute.absent !== undefined) filled[name] = attribute.absent;
  }
  return filled;
}

function convertAll(attributes: Attributes, given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, convert(name, attributes[name]?.type ?? 'any', value ?? null)]),
  );
}

/** The rule that a member may not give an attribute is about attributes that the request names, whatever their value. */
function refuseUnprivileged(
  call: Call,
  kind: Checked,
  attributes: Attributes,
  given: JsonObject,
  when: 'post' | 'put',
): void {
  if (call.context.isAdmin) return;
  const verb = when === 'post' ? 'create' : 'update';
  const denied = Object.keys(given).find((name) => isDenied(attributes[name], when, given[name]));
  if (denied !== undefined)
    throw forbidden(`(rule:${verb}_${kind.singular} and rule:${verb}_${kind.singular}:${denied})`);
}

/** At creation, an attribute given its default is as if it were not given. */
function isDenied(attribute: Attribute | undefined, when: 'post' | 'put', value: Json | undefined): boolean {
  if (attribute?.admin?.includes(when) !== true) return false;
  return when === 'put' || attribute.absent === undefined || JSON.stringify(attribute.absent) !== JSON.stringify(value);
}

const TRUE = new Set<Json | undefined>([true, 1, '1', 'true', 'True', 'TRUE', 'on', 'yes', 'y', 't']);
const FALSE = new Set<Json | undefined>([false, 0, '0', 'false', 'False', 'FALSE', 'off', 'no', 'n', 'f']);

/** True for what UUIDs look like. */
export function isUuid(value: Json | undefined): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value);
}

function convert(name: string, type: AttributeType, value: Json): Json {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw badAttribute(name, `${pythonicText(value)} is not a valid string.`);
      return value;
    case 'boolean':
      return toBoolean(value);
    case 'integer':
      if (!/^-?\d+$/.test(String(value))) throw badInput(`'${String(value)}' is not an integer`);
      return Number(value);
    case 'uuid':
      if (!isUuid(value)) throw badAttribute(name, `${pythonicText(value)} is not a valid UUID.`);
      return value;
    case 'uuid-or-null':
      return value === null ? null : convert(name, 'uuid', value);
    case 'uuids':
      return uuids(name, value);
    case 'mac':
      if (value === null) return null;
      if (typeof value !== 'string' || !/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(value)) {
        throw badAttribute(name, `${pythonicText(value)} is not a valid MAC address.`);
      }
      return value.toLowerCase().replaceAll('-', ':');
    case 'ip-or-null':
      if (value === null) return null;
      if (typeof value !== 'string' || parseAddress(value) === undefined) {
        throw badAttribute(name, `${pythonicText(value)} is not a valid IP address.`);
      }
      return value;
    case 'ip-version':
      if (Number(value) !== 4 && Number(value) !== 6)
        throw badAttribute(name, `${String(value)} is not in valid_values.`);
      return Number(value);
    case 'nameservers':
      return nameservers(name, value);
    case 'routes':
      return routes(name, value);
    case 'any':
      return value;
  }
}

function pythonicText(value: Json): string {
  return typeof value === 'string' ? `'${value}'` : `'${pythonic(value)}'`;
}

function toBoolean(value: Json): boolean {
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw badInput(`${pythonicText(value)} cannot be converted to boolean`);
}

function uuids(name: string, value: Json): Json {
  if (value === null) return [];
  if (!Array.isArray(value)) throw badAttribute(name, `${pythonicText(value)} is not a list.`);
  for (const each of value) if (!isUuid(each)) throw badAttribute(name, `${pythonicText(each)} is not a valid UUID.`);
  return value;
}

function nameservers(name: string, value: Json): Json {
  if (value === null) return [];
  if (!Array.isArray(value)) throw badAttribute(name, `Invalid data format for nameserver: ${pythonicText(value)}.`);
  const seen = new Set<Json>();
  for (const each of value) {
    if (typeof each !== 'string' || parseAddress(each) === undefined) {
      throw badAttribute(
        name,
        `'${String(each)}' is not a valid nameserver. '${String(each)}' is not a valid IP address.`,
      );
    }
    if (seen.has(each)) throw badAttribute(name, `Duplicate nameserver '${each}'.`);
    seen.add(each);
  }
  return value;
}

function routes(name: string, value: Json): Json {
  if (value === null) return [];
  if (!Array.isArray(value)) throw badAttribute(name, `Invalid data format for hostroute: '${pythonic(value)}'.`);
  const seen = new Set<string>();
  return value.map((each) => {
    const { destination, nexthop } = isObject(each) ? each : {};
    if (typeof destination !== 'string' || typeof nexthop !== 'string') {
      throw badAttribute(name, `Invalid data format for hostroute: '${pythonic(each)}'.`);
    }
    if (!destination.includes('/') || parseBlock(destination) === undefined) {
      throw badAttribute(name, `'${destination}' is not a valid CIDR.`);
    }
    if (parseAddress(nexthop) === undefined) throw badAttribute(name, `'${nexthop}' is not a valid IP address.`);
    const key = `${destination} ${nexthop}`;
    if (seen.has(key)) throw badAttribute(name, `Duplicate hostroute '${pythonic(each)}'.`);
    seen.add(key);
    return { destination, nexthop };
  });
}
