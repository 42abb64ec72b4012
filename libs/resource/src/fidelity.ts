import type { AttributeFidelity } from '@osm/contracts';
import { equalJson, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Left } from './left.ts';
import type { Policy } from './policy.ts';
import type { Resource } from './resource.ts';

/** What became of each attribute: names of the equal ones, all others with their verdict and reason. */
export interface Fidelity {
  readonly equal: readonly string[];
  readonly others: readonly AttributeFidelity[];
}

/**
 * Compares a twin with its source, attribute by attribute, over everything that the source shows. `expected` holds
 * what the twin shall show where that is not the source's own value. Secret values are told as digests only.
 */
export const fidelity = (
  handler: Resource,
  source: JsonObject,
  twin: JsonObject,
  expected: JsonObject,
  policy: Policy,
  reused: boolean,
): Fidelity => {
  const left = handler.left(source, policy);
  const verdicts = Object.entries(source).map(([attribute, value]) =>
    verdictOf(handler, attribute, value, twin, expected, left[attribute], reused),
  );
  return {
    equal: verdicts.filter(({ verdict }) => verdict === 'equal').map(({ attribute }) => attribute),
    others: verdicts.filter(({ verdict }) => verdict !== 'equal'),
  };
};

const verdictOf = (
  handler: Resource,
  attribute: string,
  value: Json,
  twin: JsonObject,
  expected: JsonObject,
  left: Left | undefined,
  reused: boolean,
): AttributeFidelity => {
  const actual = twin[attribute];
  const both = { attribute, source: value, ...(actual === undefined ? {} : { destination: actual }) };
  if (left !== undefined) {
    // Left to the destination, and it has the very same value all the same: nothing to tell.
    if (actual !== undefined && handler.same(attribute, value, actual)) {
      return { attribute, verdict: 'equal' };
    }
    return { ...both, verdict: left.verdict, reason: left.reason };
  }
  if (!handler.open && !handler.declared.includes(attribute)) {
    return actual !== undefined && equalJson(value, actual)
      ? { attribute, verdict: 'equal' }
      : { ...both, verdict: 'unknown', reason: 'no handler declares it: a newer release or an extension shows it' };
  }
  const wanted = attribute in expected ? expected[attribute] : value;
  if (handler.same(attribute, wanted, actual)) {
    return handler.same(attribute, value, actual)
      ? { attribute, verdict: 'equal' }
      : { ...both, verdict: 'mapped', reason: 'the destination has its own value for it, as planned' };
  }
  return { ...both, verdict: 'lost', reason: reasonOf(value, wanted, reused) };
};

const reasonOf = (value: Json, wanted: Json | undefined, reused: boolean): string => {
  if (lacksAnEnd(value, wanted)) return 'something that it names has no twin yet: it is tied when that comes';
  return reused
    ? 'the twin was there before and is left as it is'
    : 'the destination shows another value than it was given';
};

/** Handlers expect null in the place of an end that has no twin: of a link, or of an optional need. */
const lacksAnEnd = (value: Json | undefined, wanted: Json | undefined): boolean => {
  if (wanted === null) return value !== null && value !== undefined;
  if (Array.isArray(wanted)) return Array.isArray(value) && wanted.some((one, at) => lacksAnEnd(value[at], one));
  if (!isJsonObject(wanted) || !isJsonObject(value)) return false;
  return Object.entries(wanted).some(([name, one]) => lacksAnEnd(value[name], one));
};
