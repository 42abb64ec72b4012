/**
 * Request bodies of Cinder and Nova are checked against JSON schemas by Python's jsonschema; its messages reach the
 * user. This is the part of it that the two services use, with the same order of checks and the same words.
 */
import type { Json, JsonObject } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

/** A named check on a value; the result is the message of the refusal, or undefined when the value passes. */
export interface Format {
  readonly name: string;
  check(value: Json): string | boolean;
}

/** The part of JSON schema in use. Keys are checked in the order in which they are written, as jsonschema does. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly Json[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly format?: Format;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Flaw {
  readonly path: readonly string[];
  readonly value: Json;
  readonly message: string;
  /** The message stands alone, without «Invalid input for field/attribute». */
  readonly bare?: boolean;
}

/** Refuses a body that breaks the schema, in the words of `cinder.api.validation` and `nova.api.validation`. */
export function validate(schema: Schema, body: Json | undefined): JsonObject {
  const value = body ?? null;
  const flaw = firstFlaw(schema, value, []);
  if (flaw === undefined && isObject(value)) return value;
  throw new Refusal(400, flaw === undefined ? `${repr(value)} is not of type 'object'` : messageOf(flaw));
}

/** A value as Python's `repr` writes it. */
export function repr(value: Json | undefined): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return reprString(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${reprString(key)}: ${repr(inner)}`)
    .join(', ')}}`;
}

/** An object of the given properties and no others. */
export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The words that oslo takes for true and false. */
export const boolean: Schema = {
  type: ['boolean', 'string'],
  enum: [
    ...[true, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't'],
    ...[false, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f'],
  ],
};

/** What a value of `boolean` means. */
export function isTrue(value: Json | undefined): boolean {
  return value === true || ['true', '1', 'on', 'yes', 'y', 't'].includes(String(value).toLowerCase());
}

/** A positive integer, or its digits. */
export const positiveInteger: Schema = {
  type: ['integer', 'string'],
  pattern: '^[0-9]+$',
  minimum: 1,
  maximum: 0x7fffffff,
};

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** The format `uuid`. */
export const uuid: Schema = {
  type: 'string',
  format: { name: 'uuid', check: (value) => typeof value !== 'string' || UUID.test(value) },
};

/** True for a UUID with or without dashes. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

function reprString(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function messageOf(flaw: Flaw): string {
  const field = flaw.path.at(-1);
  if (field === undefined || flaw.bare === true) return flaw.message;
  return `Invalid input for field/attribute ${field}. Value: ${printed(flaw.value)}. ${flaw.message}`;
}

/** `%s` of a string is bare, of anything else its repr. */
function printed(value: Json): string {
  return typeof value === 'string' ? value : repr(value);
}

type Check = (schema: Schema, value: Json, path: readonly string[]) => Flaw | undefined;

function firstFlaw(schema: Schema, value: Json, path: readonly string[]): Flaw | undefined {
  for (const key of Object.keys(schema)) {
    const flaw = CHECKS[key]?.(schema, value, path);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

const CHECKS: Readonly<Record<string, Check>> = {
  type: (schema, value, path) => {
    const types = schema.type === undefined ? [] : [schema.type].flat();
    if (types.some((type) => isOfType(type, value))) return undefined;
    return { path, value, message: `${repr(value)} is not of type ${types.map((type) => repr(type)).join(', ')}` };
  },
  properties: (schema, value, path) => {
    if (!isObject(value)) return undefined;
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      const child = value[key];
      const flaw = child === undefined ? undefined : firstFlaw(inner, child, [...path, key]);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  },
  patternProperties: (schema, value, path) => {
    if (!isObject(value)) return undefined;
    for (const [pattern, inner] of Object.entries(schema.patternProperties ?? {})) {
      for (const [key, child] of Object.entries(value)) {
        const flaw = new RegExp(pattern).test(key) ? firstFlaw(inner, child ?? null, [...path, key]) : undefined;
        if (flaw !== undefined) return flaw;
      }
    }
    return undefined;
  },
  required: (schema, value, path) => {
    const missing = isObject(value) ? schema.required?.find((key) => value[key] === undefined) : undefined;
    return missing === undefined ? undefined : { path, value, message: `${repr(missing)} is a required property` };
  },
  additionalProperties: (schema, value, path) => {
    if (!isObject(value) || schema.additionalProperties !== false) return undefined;
    const extras = extraKeys(schema, value);
    return extras.length === 0 ? undefined : { path, value, message: unexpected(schema, extras) };
  },
  items: (schema, value, path) => {
    if (!Array.isArray(value) || schema.items === undefined) return undefined;
    for (const [index, item] of value.entries()) {
      const flaw = firstFlaw(schema.items, item, [...path, String(index)]);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  },
  minItems: (schema, value, path) =>
    Array.isArray(value) && value.length < (schema.minItems ?? 0)
      ? {
          path,
          value,
          message: value.length === 0 ? `${repr(value)} should be non-empty` : `${repr(value)} is too short`,
        }
      : undefined,
  maxItems: (schema, value, path) =>
    Array.isArray(value) && value.length > (schema.maxItems ?? Infinity)
      ? { path, value, message: `${repr(value)} is too long` }
      : undefined,
  enum: (schema, value, path) =>
    schema.enum === undefined || schema.enum.includes(value)
      ? undefined
      : { path, value, message: `${repr(value)} is not one of ${repr([...schema.enum])}` },
  minLength: (schema, value, path) =>
    typeof value === 'string' && [...value].length < (schema.minLength ?? 0)
      ? { path, value, message: `${repr(value)} is too short` }
      : undefined,
  maxLength: (schema, value, path) =>
    typeof value === 'string' && [...value].length > (schema.maxLength ?? Infinity)
      ? { path, value, message: `${repr(value)} is too long` }
      : undefined,
  pattern: (schema, value, path) =>
    typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)
      ? { path, value, message: `${repr(value)} does not match ${repr(schema.pattern)}` }
      : undefined,
  minimum: (schema, value, path) => {
    const number = numberOf(value);
    if (number === undefined || schema.minimum === undefined || number >= schema.minimum) return undefined;
    return { path, value, message: `${number} is less than the minimum of ${schema.minimum}` };
  },
  maximum: (schema, value, path) => {
    const number = numberOf(value);
    if (number === undefined || schema.maximum === undefined || number <= schema.maximum) return undefined;
    return { path, value, message: `${number} is greater than the maximum of ${schema.maximum}` };
  },
  minProperties: (schema, value, path) =>
    isObject(value) && Object.keys(value).length < (schema.minProperties ?? 0)
      ? { path, value, message: `${repr(value)} does not have enough properties` }
      : undefined,
  maxProperties: (schema, value, path) =>
    isObject(value) && Object.keys(value).length > (schema.maxProperties ?? Infinity)
      ? { path, value, message: `${repr(value)} has too many properties` }
      : undefined,
  format: (schema, value, path) => {
    const verdict = schema.format?.check(value) ?? true;
    if (verdict === true) return undefined;
    if (typeof verdict === 'string') return { path, value, message: verdict, bare: true };
    return { path, value, message: `${repr(value)} is not a ${repr(schema.format?.name)}` };
  },
  anyOf: (schema, value, path) =>
    schema.anyOf?.some((inner) => firstFlaw(inner, value, path) === undefined) !== false
      ? undefined
      : { path, value, message: `${repr(value)} is not valid under any of the given schemas` },
  oneOf: (schema, value, path) =>
    schema.oneOf?.some((inner) => firstFlaw(inner, value, path) === undefined) !== false
      ? undefined
      : { path, value, message: `${repr(value)} is not valid under any of the given schemas` },
  allOf: (schema, value, path) => {
    for (const inner of schema.allOf ?? []) {
      const flaw = firstFlaw(inner, value, path);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  },
};

function isOfType(type: string, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === type;
  }
}

/** Digits in a string count as the number, as both services extend jsonschema. */
function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value)) return Number(value);
  return undefined;
}

function extraKeys(schema: Schema, value: JsonObject): string[] {
  const patterns = Object.keys(schema.patternProperties ?? {}).map((pattern) => new RegExp(pattern));
  return Object.keys(value)
    .filter((key) => value[key] !== undefined && !(key in (schema.properties ?? {})))
    .filter((key) => !patterns.some((pattern) => pattern.test(key)));
}

function unexpected(schema: Schema, extras: string[]): string {
  if (schema.patternProperties !== undefined) {
    const patterns = Object.keys(schema.patternProperties).map((pattern) => repr(pattern));
    const verb = extras.length === 1 ? 'does' : 'do';
    return `${extras
      .toSorted()
      .map((key) => repr(key))
      .join(', ')} ${verb} not match any of the regexes: ${patterns.join(', ')}`;
  }
  const verb = extras.length === 1 ? 'was' : 'were';
  return `Additional properties are not allowed (${extras.map((key) => repr(key)).join(', ')} ${verb} unexpected)`;
}

const FAULT_NAMES: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** The body of a refusal as Cinder and Nova write it: `{"itemNotFound": {"code": 404, "message": "…"}}`. */
export function faultBody(refusal: Refusal): { body: JsonObject; headers: Readonly<Record<string, string>> } {
  const name = FAULT_NAMES[refusal.status] ?? 'computeFault';
  const retry = refusal.status === 413 || refusal.status === 429 ? refusal.headers['Retry-After'] : undefined;
  const fault: JsonObject = { code: refusal.status, message: refusal.message };
  if (retry !== undefined) fault.retryAfter = retry;
  return { body: { [name]: fault }, headers: refusal.headers };
}
