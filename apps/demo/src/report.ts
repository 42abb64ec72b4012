import type { Attribute, Drafted, Record } from './tool-output.ts';

/** The figures of `--json`. */
export interface Figures {
  /** Resources of the source that have their twin now. */
  readonly resources: number;
  /** From the first look at the source until the last twin was verified. */
  readonly seconds: number;
  /** Attributes that nobody accounted for. */
  readonly unknown: number;
  /** Requests of a second run that may have changed something. */
  readonly rerunWrites: number;
}

/** A plan in two or three lines. */
export const planInShort = ({ resources, steps, findings, digest }: Drafted): readonly string[] => {
  const refs = new Map(steps.map(({ ref }) => [`${ref.type}/${ref.id}`, ref.type]));
  const types = [...Map.groupBy(refs.values(), (type) => type)].sort(([a], [b]) => (a < b ? -1 : 1));
  const counts = types.map(([type, of]) => `${of.length} ${type}`);
  return [
    `${resources} resources in ${steps.length} steps: ${counts.join(', ')}.`,
    ...findings.map(({ severity, message, remedy }) => `${severity}: ${message}. ${remedy}`),
    `Its digest is ${digest.slice(0, 12)}: what is approved is this plan and no other.`,
  ];
};

/** Resources by type and how their twins came to be, as lines of a table; the types in the order of the records. */
export const resourceTable = (mappings: readonly Record[]): readonly string[] => {
  const moved = mappings.filter(isMoved);
  const hows = [...new Set(moved.map(howOf))].sort();
  const types = [...Map.groupBy(moved, ({ resource_type }) => resource_type)].sort(([a], [b]) => (a < b ? -1 : 1));
  const cells = types.map(([type, rows]) => [type, ...hows.map((how) => String(countOf(rows, how) || ''))]);
  const totals = ['all', ...hows.map((how) => String(countOf(moved, how)))];
  return [['', ...hows], ...cells, totals].map(([head = '', ...counts]) =>
    [`  ${head.padEnd(20)}`, ...counts.map((count) => count.padStart(9))].join(' ').trimEnd(),
  );
};

const howOf = ({ how }: Record): string => how ?? 'unknown';
const countOf = (rows: readonly Record[], wanted: string): number => rows.filter((row) => howOf(row) === wanted).length;

/** A twin that the tool answers for; what a person registered is not its work. */
export const isMoved = ({ status, external, destination_id }: Record): boolean =>
  status === 'completed' && !external && destination_id !== null;

/** The fidelity of all twins in short. */
export interface Fidelity {
  readonly attributes: number;
  /** Attributes by verdict. */
  readonly verdicts: { readonly [verdict: string]: number };
  /** What an API could carry and was not, with the reason, in words. */
  readonly lost: readonly string[];
  /** Attributes that nobody accounted for, and twins that were never compared, in words. */
  readonly unknown: readonly string[];
}

/** Sums the report up; silence is no answer: a verdict without a reason counts as unknown, and so does a missing report. */
export const fidelityInShort = (rows: readonly Attribute[], mappings: readonly Record[]): Fidelity => {
  const compared = new Set(rows.map(({ resource_type, source_id }) => `${resource_type}/${source_id}`));
  const missing = mappings.filter((row) => isMoved(row) && !compared.has(`${row.resource_type}/${row.source_id}`));
  const silent = rows.filter(({ verdict, reason }) => verdict === 'unknown' || (verdict !== 'equal' && !reason));
  const verdicts = Map.groupBy(rows, ({ verdict }) => verdict);
  return {
    attributes: rows.length,
    verdicts: Object.fromEntries([...verdicts].map(([verdict, of]) => [verdict, of.length])),
    lost: rows.filter(({ verdict }) => verdict === 'lost').map(inWords),
    unknown: [
      ...silent.map(inWords),
      ...missing.map(({ resource_type, source_id, name }) => `${resource_type} ${name ?? source_id}: never compared`),
    ],
  };
};

const inWords = ({ resource_type, name, source_id, attribute, reason }: Attribute): string =>
  `${resource_type} ${name ?? source_id}: ${attribute}${reason === null ? '' : ` (${reason})`}`;
