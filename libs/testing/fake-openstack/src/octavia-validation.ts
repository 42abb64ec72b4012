import type { Call, Json, JsonObject } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { attributesOf, ofRelease, type Attribute, type KindName } from './octavia-attributes.ts';

/** A refusal in Octavia's words. */
export const invalid = (detail: string): Refusal => new Refusal(400, `Validation failure: ${detail}`);

export const missing = (what: string, id: string): Refusal => new Refusal(404, `${what} ${id} not found.`);

/** Attributes that name what a part hangs on, beside its own. */
const parents: { readonly [kind in KindName]: readonly string[] } = {
  loadbalancer: ['tenant_id'],
  listener: ['loadbalancer_id', 'project_id', 'tenant_id'],
  pool: ['loadbalancer_id', 'listener_id', 'project_id', 'tenant_id'],
  member: ['project_id', 'tenant_id'],
  healthmonitor: ['pool_id', 'project_id', 'tenant_id'],
  l7policy: ['listener_id', 'project_id', 'tenant_id'],
  rule: ['project_id', 'tenant_id'],
};

/** `load_balancer` is the argument's name in Octavia, `loadbalancer` that in the body; so it is for all. */
const argument = (kind: KindName): string => `${kind === 'loadbalancer' ? 'load_balancer' : `${kind}_`}.${kind}`;

/** A create request's attributes with what was not said filled in, null as what it stands for; parts are left as given. */
export const checkedCreate = (call: Call, kind: KindName, given: JsonObject, where = argument(kind)): JsonObject => {
  const attributes = ofRelease(attributesOf[kind], call.cloud.options.release);
  const isNested = where !== argument(kind);
  for (const [name, value] of Object.entries(given)) {
    const attribute = attributes[name];
    if (attribute === undefined && !(parents[kind].includes(name) && !isNested)) {
      throw new Refusal(400, `Unknown attribute for argument ${where}: ${name}`);
    }
    if (attribute !== undefined) checkValue(name, attribute, value ?? null);
  }
  const filled = Object.entries(attributes)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, attribute]) => {
      const value = given[name];
      if (attribute.required === true && (value === undefined || value === null)) throw mandatory(name);
      return [name, value ?? attribute.default ?? null] as const;
    });
  return Object.fromEntries(filled);
};

/** An update request's attributes, as they are to be set. */
export const checkedUpdate = (call: Call, kind: KindName, given: JsonObject): JsonObject => {
  const attributes = ofRelease(attributesOf[kind], call.cloud.options.release);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const attribute = attributes[name];
      if (attribute?.update !== true) {
        throw new Refusal(400, `Unknown attribute for argument ${argument(kind)}: ${name}`);
      }
      checkValue(name, attribute, value ?? null);
      return [name, value ?? attribute.default ?? null];
    }),
  );
};

const mandatory = (name: string): Refusal =>
  new Refusal(400, `Invalid input for field/attribute ${name}. Value: 'None'. Mandatory field missing.`);

const isOf: { readonly [type in Attribute['type']]: (value: Json) => boolean } = {
  text: (value) => typeof value === 'string',
  flag: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  texts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  object: isObject,
  objects: (value) => Array.isArray(value) && value.every(isObject),
};

const checkValue = (name: string, { type, among, min, max }: Attribute, value: Json): void => {
  if (value === null) return;
  const refused = (why: string): Refusal =>
    new Refusal(400, `Invalid input for field/attribute ${name}. Value: '${said(value)}'. ${why}`);
  if (!isOf[type](value)) throw refused(`Wrong type. Expected '${type}'`);
  if (among !== undefined && !among.some((each) => each === value)) {
    throw refused(`Value should be one of: ${among.join(', ')}`);
  }
  if (typeof value === 'string' && max !== undefined && value.length > max) {
    throw refused(`Value should have a maximum character requirement of ${max}`);
  }
  if (typeof value !== 'number') return;
  if (max !== undefined && value > max) throw refused(`Value should be lower or equal to ${max}`);
  if (min !== undefined && value < min) throw refused(`Value should be greater or equal to ${min}`);
};

const said = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
