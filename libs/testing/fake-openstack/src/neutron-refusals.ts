import type { JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';

/** Neutron's error body. */
export function networkRefusal(refusal: Refusal): { body: JsonObject } {
  const type = refusal.type === '' ? 'HTTPBadRequest' : refusal.type;
  return { body: { NeutronError: { type, message: refusal.message, detail: '' } } };
}

/** 400 of the request's form. */
export function badForm(message: string): Refusal {
  return new Refusal(400, message, 'HTTPBadRequest');
}

/** 400 of one attribute's form. */
export function badAttribute(attribute: string, reason: string): Refusal {
  return badForm(`Invalid input for ${attribute}. Reason: ${reason}`);
}

/** 400 of a value that contradicts another one. */
export function badInput(message: string): Refusal {
  return new Refusal(400, `Invalid input for operation: ${message}.`, 'InvalidInput');
}

/** 400 of a request about a kind of resource: `Bad router request: x.` */
export function badRequest(kind: string, message: string): Refusal {
  return new Refusal(400, `Bad ${kind} request: ${message}.`, 'BadRequest');
}

/** 403 of a policy. */
export function forbidden(rule: string): Refusal {
  return new Refusal(403, `${rule} is disallowed by policy`, 'PolicyNotAuthorized');
}

/** 409 of the given type. */
export function conflict(type: string, message: string): Refusal {
  return new Refusal(409, message, type);
}

/** A value as Python writes it, as neutron's messages show values. */
export function pythonic(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonic).join(', ')}]`;
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, each]) => `'${key}': ${pythonic(each)}`);
    return `{${pairs.join(', ')}}`;
  }
  return String(value);
}
