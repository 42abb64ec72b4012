import { repr } from './cinder-nova-validation.ts';
import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

/** A refusal by the schema of a body, in Barbican's words. */
export function invalid(schema: string, why: string, property: string): Refusal {
  return new Refusal(400, `Provided object does not match schema '${schema}': ${why}. Invalid property: '${property}'`);
}

/** The body of a request that must be JSON. */
export function jsonOf(call: Call): JsonObject {
  if (isObject(call.body)) return call.body;
  throw new Refusal(415, "Unexpected content type. Expected content types are: ['application/json']");
}

const texts = ['algorithm', 'mode', 'expiration', 'payload', 'secret_type'];
const types = ['symmetric', 'passphrase', 'private', 'public', 'certificate', 'opaque'];

/** Refuses a secret as Barbican does, attribute by attribute. */
export function checkSecret(cloud: Cloud, asked: JsonObject): void {
  if (!isText(asked.name ?? null) && asked.name != null) throw wrongType(asked.name, "'string', 'null'", 'name');
  for (const name of texts) {
    const value = asked[name];
    if (value !== undefined && !isText(value)) throw wrongType(value, "'string'", name);
  }
  if (asked.secret_type !== undefined && !types.includes(String(asked.secret_type))) {
    throw invalid('Secret', `${repr(asked.secret_type)} is not one of ${repr(types)}`, 'secret_type');
  }
  if (asked.bit_length !== undefined && !Number.isInteger(asked.bit_length)) {
    throw wrongType(asked.bit_length, "'integer'", 'bit_length');
  }
  const expiration = expirationOf(asked);
  if (expiration !== null && !(expiration > cloud.now())) {
    throw invalid('Secret', "'expiration' is before current time", 'expiration');
  }
  checkPayload(asked);
}

function checkPayload({ payload, payload_content_type: type, payload_content_encoding: encoding }: JsonObject): void {
  if (payload === undefined) {
    if (type === undefined) return;
    throw invalid('Secret', 'payload must be provided when payload_content_type is specified', 'payload');
  }
  if (type == null) {
    const why = "If 'payload' is supplied, 'payload_content_type' must also be supplied.";
    throw invalid('Secret', why, 'payload_content_type');
  }
  const isBinary = ['application/octet-stream', 'application/pkcs8'].includes(String(type));
  if (!isBinary && !/^text\/plain(; ?charset=utf-8)?$/.test(String(type))) {
    throw invalid('Secret', 'payload_content_type is not one of the supported ones', 'payload_content_type');
  }
  if ((encoding === 'base64') !== isBinary) {
    throw invalid('Secret', 'payload_content_encoding is not one of the supported ones', 'payload_content_encoding');
  }
  if (payload === '') throw invalid('Secret', "If 'payload' specified, must be non empty", 'payload');
}

/** When it expires, in milliseconds since the epoch. A time without a zone is UTC. */
export function expirationOf({ expiration }: JsonObject): number | null {
  if (typeof expiration !== 'string' || expiration.trim() === '') return null;
  const text = expiration.trim();
  const parsed = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(parsed)) throw invalid('Secret', "Invalid date for 'expiration'", 'expiration');
  return Math.floor(parsed / 1000) * 1000;
}

const names: Readonly<Record<string, { readonly required: readonly string[]; readonly allowed: readonly string[] }>> = {
  rsa: { required: ['public_key', 'private_key'], allowed: ['public_key', 'private_key', 'private_key_passphrase'] },
  certificate: {
    required: ['certificate'],
    allowed: ['certificate', 'private_key', 'private_key_passphrase', 'intermediates'],
  },
};

const said: Readonly<Record<string, readonly [allowed: string, required: string]>> = {
  rsa: [
    "only 'private_key', 'public_key' and 'private_key_passphrase' reference names are allowed for RSA type",
    "The minimum required reference names are 'public_key' and'private_key' for RSA type",
  ],
  certificate: [
    "only 'private_key', 'certificate' , 'private_key_passphrase',  or 'intermediates' reference names are allowed for Certificate type",
    "The minimum required reference name is 'certificate' for Certificate type",
  ],
};

/** A reference of a container as it was asked for. */
export interface AskedRef {
  readonly name: string | null;
  readonly secretId: string;
}

/** The references of a container, once they are as Barbican wants them. */
export function checkContainer(call: Call, asked: JsonObject): readonly AskedRef[] {
  const type = String(asked.type);
  if (asked.type === undefined) throw invalid('Container', "'type' is a required property", 'type');
  if (!['generic', 'rsa', 'certificate'].includes(type)) {
    throw invalid('Container', `${repr(asked.type)} is not one of ['generic', 'rsa', 'certificate']`, 'type');
  }
  const given = Array.isArray(asked.secret_refs) ? asked.secret_refs.filter(isObject) : [];
  if (given.length === 0) return [];
  const refs = given.map((one) => ({
    name: isText(one.name) ? one.name : null,
    href: String(one.secret_ref),
    secretId: String(one.secret_ref).replace(/\/$/, '').split('/').at(-1) ?? '',
  }));
  const refNames = refs.map(({ name }) => name ?? '');
  if (new Set(refNames).size < refs.length) {
    throw invalid('Container', 'Duplicate reference names are not allowed', 'secret_refs');
  }
  if (new Set(refs.map(({ secretId }) => secretId)).size < refs.length) {
    throw invalid('Container', 'Duplicate secret ids are not allowed', 'secret_refs');
  }
  if (refs.some(({ href }) => !href.startsWith(call.baseUrl))) {
    throw new Refusal(400, 'Provided field value is not supported');
  }
  const { required = [], allowed = refNames } = names[type] ?? {};
  const [onlyThese = '', atLeast = ''] = said[type] ?? [];
  if (refNames.some((name) => !allowed.includes(name))) throw invalid('Container', onlyThese, 'secret_refs');
  if (required.some((name) => !refNames.includes(name))) throw invalid('Container', atLeast, 'secret_refs');
  return refs.map(({ name, secretId }) => ({ name, secretId }));
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

function wrongType(value: Json, wanted: string, property: string): Refusal {
  return invalid('Secret', `${repr(value)} is not of type ${wanted}`, property);
}
