import { isIPv4, isIPv6 } from 'node:net';
import type { Schema } from './cinder-nova-validation.ts';
import { object, uuid, validate } from './cinder-nova-validation.ts';
import type { Call, JsonObject } from './frame.ts';
import { isObject } from './frame.ts';
import { NAME } from './nova-flavors.ts';

const TEXT: Schema = { type: 'string', maxLength: 255 };
/** Nova's words for true and false: fewer than Cinder's. */
export const BOOLEAN: Schema = {
  type: ['boolean', 'string'],
  enum: [
    ...[true, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes'],
    ...[false, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no'],
  ],
};
const COUNT: Schema = { type: ['integer', 'string'], pattern: '^[0-9]*$', minimum: 1, minLength: 1 };
const DESCRIPTION: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };
const DISK_CONFIG: Schema = { type: 'string', enum: ['AUTO', 'MANUAL'] };
const IPV4: Schema = { type: 'string', format: { name: 'ipv4', check: (value) => isIPv4(String(value)) } };
const IPV6: Schema = { type: 'string', format: { name: 'ipv6', check: (value) => isIPv6(String(value)) } };
const ADDRESS: Schema = { type: 'string', oneOf: [IPV4, IPV6] };
const LABEL: Schema = {
  type: 'string',
  minLength: 2,
  maxLength: 63,
  pattern: '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$',
};
const FQDN: Schema = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9-._]*$' };
const PORT: Schema = { oneOf: [uuid, { type: 'null' }] };
/** Python reads base64 leniently: what is not of its alphabet is left out, only the padding must be right. */
const BASE64: Schema = {
  type: 'string',
  format: { name: 'base64', check: (value) => String(value).replaceAll(/[^A-Za-z0-9+/]/g, '').length % 4 !== 1 },
  maxLength: 65535,
};

/** A tag of a server or of one of its devices. */
export const TAG: Schema = { type: 'string', minLength: 1, maxLength: 60, pattern: '^[^,/]*$' };
/** Metadata of a server. */
export const SERVER_METADATA: Schema = {
  type: 'object',
  patternProperties: { '^[a-zA-Z0-9-_:. ]{1,255}$': { type: 'string', maxLength: 255 } },
  additionalProperties: false,
};
/** Tags of a server, at most 50. */
export const TAGS: Schema = { type: 'array', items: TAG, maxItems: 50 };

const DEVICE: Record<string, Schema> = {
  virtual_name: TEXT,
  volume_id: uuid,
  snapshot_id: uuid,
  volume_size: { type: ['integer', 'string'], pattern: '^[0-9]+$', minimum: 1, maximum: 0x7fffffff },
  device_name: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._\\-r/]*$' },
  delete_on_termination: BOOLEAN,
  no_device: {},
  connection_info: { type: 'string' },
  source_type: { type: 'string', enum: ['volume', 'image', 'snapshot', 'blank'] },
  uuid: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._\\-]*$' },
  image_id: uuid,
  destination_type: { type: 'string', enum: ['local', 'volume'] },
  guest_format: TEXT,
  device_type: TEXT,
  disk_bus: TEXT,
  boot_index: { type: ['integer', 'string', 'null'], pattern: '^-?[0-9]+$' },
};

const HINTS: Schema = { type: 'object', properties: { group: uuid } };

/** The body of POST /servers, checked as the microversion wants it. */
export function validServer(call: Call): { readonly server: JsonObject; readonly hints: JsonObject } {
  const needed = ['name', 'flavorRef', ...(call.atLeast('2.37') ? ['networks'] : [])];
  const server: Schema = { ...object(propertiesOf(call), needed) };
  const known = { server, 'os:scheduler_hints': HINTS, 'OS-SCH-HNT:scheduler_hints': HINTS };
  const body = validate(object(known, ['server']), call.body);
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'];
  return { server: isObject(body.server) ? body.server : {}, hints: isObject(hints) ? hints : {} };
}

function propertiesOf(call: Call): Record<string, Schema> {
  const since = (version: string, known: Record<string, Schema>): Record<string, Schema> =>
    call.atLeast(version) ? known : {};
  return {
    name: NAME,
    imageRef: { oneOf: [uuid, { type: 'string', maxLength: 0 }] },
    flavorRef: { type: ['string', 'integer'], minLength: 1 },
    adminPass: { type: 'string' },
    metadata: SERVER_METADATA,
    networks: networksSchema(call),
    'OS-DCF:diskConfig': DISK_CONFIG,
    accessIPv4: IPV4,
    accessIPv6: IPV6,
    availability_zone: NAME,
    block_device_mapping_v2: { type: 'array', items: object(deviceOf(call)) },
    config_drive: BOOLEAN,
    key_name: NAME,
    min_count: COUNT,
    max_count: COUNT,
    return_reservation_id: BOOLEAN,
    security_groups: { type: 'array', items: object({ name: NAME }) },
    user_data: BASE64,
    ...since('2.19', { description: DESCRIPTION }),
    ...since('2.52', { tags: TAGS }),
    ...(call.atLeast('2.57') ? {} : { personality: { type: 'array' } }),
    ...since('2.63', { trusted_image_certificates: { type: ['array', 'null'], minItems: 1, maxItems: 50 } }),
    ...since('2.74', { host: FQDN, hypervisor_hostname: FQDN }),
    ...since('2.90', { hostname: hostnameSchema(call) }),
  };
}

/** Tags of devices are known in 2.32 and, after a slip of Nova's, again since 2.42; types of volumes since 2.67. */
function deviceOf(call: Call): Record<string, Schema> {
  const tagged = call.atLeast('2.42') || call.microversion === '2.32';
  return {
    ...DEVICE,
    ...(tagged ? { tag: TAG } : {}),
    ...(call.atLeast('2.67') ? { volume_type: { type: ['string', 'null'], minLength: 0, maxLength: 255 } } : {}),
  };
}

function networksSchema(call: Call): Schema {
  const tagged = call.atLeast('2.42') || (call.atLeast('2.32') && !call.atLeast('2.37'));
  const card = {
    ...{ fixed_ip: ADDRESS, port: PORT, uuid: call.atLeast('2.37') ? uuid : { type: 'string' } },
    ...(tagged ? { tag: TAG } : {}),
  };
  const list: Schema = { type: 'array', items: object(card) };
  return call.atLeast('2.37') ? { oneOf: [list, { type: 'string', enum: ['none', 'auto'] }] } : list;
}

/** One label since 2.90, a whole name since 2.94. */
function hostnameSchema(call: Call): Schema {
  return call.atLeast('2.94') ? FQDN : LABEL;
}

/** The body of PUT /servers/:id. */
export function validUpdate(call: Call): JsonObject {
  const known: Record<string, Schema> = {
    name: NAME,
    'OS-DCF:diskConfig': DISK_CONFIG,
    accessIPv4: IPV4,
    accessIPv6: IPV6,
  };
  if (call.atLeast('2.19')) known.description = DESCRIPTION;
  if (call.atLeast('2.90')) known.hostname = hostnameSchema(call);
  const { server } = validate(object({ server: object(known) }, ['server']), call.body);
  return isObject(server) ? server : {};
}

/** What stands under an action's name. */
export function actionSchema(call: Call, name: string): Schema | undefined {
  if (name === 'createImage') return object({ name: NAME, metadata: SERVER_METADATA }, ['name']);
  if (name === 'lock' && call.atLeast('2.73')) {
    return { ...object({ locked_reason: { type: 'string', minLength: 1, maxLength: 255 } }), type: ['object', 'null'] };
  }
  return undefined;
}
