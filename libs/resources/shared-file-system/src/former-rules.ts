import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { z } from 'zod';
import { Rule, sameClient } from './access-rules.ts';

/** The keys under which a rule whose write access was withdrawn says what it was, and for which step. */
const levelKey = 'osm_former_level';
const byKey = 'osm_withdrawn_by';

/** The keys under which a share says which rules it had, for as long as some of them are missing: `osm_access_0`, … */
const recordKey = /^osm_access_\d+$/;

/** Manila takes 1023 characters. */
const longest = 1000;

/** A rule for reading only, which remembers what it was. */
export const lowered = (rule: Rule, marker: string): Rule => ({
  ...rule,
  access_level: 'ro',
  metadata: { ...rule.metadata, [levelKey]: rule.access_level, [byKey]: marker },
});

/** A rule as its owner made it. */
export const formerRule = (rule: Rule): Rule => {
  const { [levelKey]: level, [byKey]: by, ...metadata } = rule.metadata;
  return level === undefined && by === undefined
    ? rule
    : { ...rule, access_level: level ?? rule.access_level, metadata };
};

/** The step that withdrew a rule's write access. */
export const withdrawnBy = (rule: Rule): string | undefined => rule.metadata[byKey];

/** Metadata of a share that hold these rules. In ASCII: not every database of a cloud holds all characters. */
export const recordOf = (rules: readonly Rule[]): { readonly [key: string]: string } => {
  const text = JSON.stringify(rules).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const parts = Array.from({ length: Math.ceil(text.length / longest) }, (_, at) =>
    text.slice(at * longest, (at + 1) * longest),
  );
  return Object.fromEntries(parts.map((part, at) => [`osm_access_${at}`, part]));
};

/** The keys of a record among a share's metadata. */
export const recordKeys = (metadata: JsonObject): readonly string[] =>
  Object.keys(metadata).filter((key) => recordKey.test(key));

/** The rules that a share's metadata hold; none where the record is not whole: then nothing was withdrawn yet. */
export const recordedRules = (metadata: JsonObject): readonly Rule[] => {
  const parts = recordKeys(metadata)
    .toSorted((a, b) => Number(a.slice(11)) - Number(b.slice(11)))
    .map((key) => String(metadata[key]));
  if (parts.length === 0) return [];
  const read = z.array(Rule).safeParse(parsed(parts.join('')));
  return read.success ? read.data : [];
};

/** A share's metadata without a record. */
export const withoutRecord = (metadata: Json | undefined): Json | undefined =>
  isJsonObject(metadata)
    ? Object.fromEntries(Object.entries(metadata).filter(([key]) => !recordKey.test(key)))
    : metadata;

/** The rules of a share as their owners made them: lowered ones raised, missing ones from the record. */
export const formerRules = (rules: readonly Rule[], recorded: readonly Rule[]): readonly Rule[] => [
  ...rules.map((rule) => recorded.find((one) => sameClient(one, rule)) ?? formerRule(rule)),
  ...recorded.filter((one) => !rules.some((rule) => sameClient(one, rule))),
];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
