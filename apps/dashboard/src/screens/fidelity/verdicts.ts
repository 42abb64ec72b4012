import type { FidelityCount, FidelityItem } from '@osm/api-client';

/** What became of an attribute. */
export type Verdict = FidelityItem['verdict'];

/** How many attributes have come to which verdict. */
export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** What needs a person comes first. */
export const verdicts: readonly Verdict[] = ['lost', 'impossible', 'unknown', 'mapped', 'equal'];

/** What each of them says, for whoever reads it the first time. */
export const verdictMeaning: Readonly<Record<Verdict, string>> = {
  lost: 'The twin lacks it, though the cloud could carry it.',
  impossible: 'No API can carry it: the clouds make it themselves.',
  unknown: 'Nobody has declared it: a newer release or an extension shows it.',
  mapped: 'Another value on purpose: an id of the destination, a name that the policy gives.',
  equal: 'The twin shows the same value.',
};

/** The counts of all rows together. */
export const sumOf = (rows: readonly FidelityCount[]): VerdictCounts & { readonly resources: number } => {
  const total = (key: Verdict | 'resources'): number => rows.reduce((sum, row) => sum + row[key], 0);
  return {
    ...{ lost: total('lost'), impossible: total('impossible'), unknown: total('unknown') },
    ...{ mapped: total('mapped'), equal: total('equal'), resources: total('resources') },
  };
};

/** Sorts what has lost most to the front, then what no API can carry, then what nobody has declared. */
export const worstFirst = (a: VerdictCounts, b: VerdictCounts): number =>
  b.lost - a.lost || b.impossible - a.impossible || b.unknown - a.unknown;
