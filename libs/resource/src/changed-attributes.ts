import { digest, equalJson, type Json, type JsonObject } from '@osm/kernel';
import type { Policy } from './policy.ts';
import type { Resource } from './resource.ts';

/** Attributes of which a change says nothing about what the owner wants. */
const restless = ['id', 'updated_at', 'revision_number', 'status', 'links'];

/**
 * Which attributes that a twin is made of are not as they were. Secrets may be there as they are, or as scans record them. A
 * list and a single answer may show different attributes: only what both show is compared.
 */
export const changedAttributes = (
  handler: Resource,
  policy: Policy,
  before: JsonObject,
  after: JsonObject,
): readonly string[] => {
  const left = handler.left(before, policy);
  return handler.declared.filter((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined || is === undefined || name in left) return false;
    if (restless.includes(name) || handler.volatile.includes(name)) return false;
    if (handler.follows[name]?.some((cause) => !equalJson(before[cause], after[cause])) === true) return false;
    if (handler.secret.includes(name)) return !equalJson(was, is) && !equalJson(was, recorded(is));
    return !handler.same(name, was, is);
  });
};

/** As scans record secrets. */
const recorded = (value: Json): Json => ({ digest: digest(value) });
