import type { Finding, PlanStep } from '@osm/contracts';
import { refKey } from '@osm/kernel';
import { byText, depths, topologicalOrder, type Graph } from './graph.ts';
import { inWords } from './transform.ts';

/** What is shown of a plan; all of it is in its events. */
export interface ShownPlan {
  readonly steps: readonly PlanStep[];
  readonly findings: readonly Finding[];
  readonly digest: string;
}

/**
 * A plan as text for people: what is made, as a tree in which everything stands below the last thing that it waits for;
 * then what is removed, in its order; then the findings. At most `most` lines of each.
 */
export const showPlan = ({ steps, findings, digest }: ShownPlan, most = 2_000): string => {
  const made = steps.filter(({ step }) => step !== 'remove' && step !== 'roll-back');
  const removed = steps.filter(({ step }) => step === 'remove');
  const rolledBack = steps.filter(({ step }) => step === 'roll-back');
  const resources = new Set(steps.map(({ ref }) => refKey(ref))).size;
  return [
    `${counted(resources, 'resource')}, ${counted(steps.length, 'step')}, digest ${digest}`,
    ...block('', cut(ways(steps), most)),
    ...block('', cut(tree(made), most)),
    ...block('removed from the source, in this order:', cut(removals(removed), most)),
    ...block('deleted from the destination, in this order, the originals stay:', cut(removals(rolledBack), most)),
    ...block('', cut(findings.map(finding), most)),
    '',
  ].join('\n');
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const block = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', ...(title === '' ? [] : [title]), ...lines];

const cut = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `… and ${lines.length - most} more`];

/** Which ways were chosen for how many, and why; one line for each reason. */
const ways = (steps: readonly PlanStep[]): readonly string[] => {
  const chosen = new Map<string, number>();
  for (const { ref, step, strategy } of steps) {
    if (strategy === undefined) continue;
    const way = `${ref.type} ${step} by ${strategy.name}: ${strategy.reason}`;
    chosen.set(way, (chosen.get(way) ?? 0) + 1);
  }
  return [...chosen].map(([way, count]) => `${count} × ${way}`).sort(byText);
};

const finding = ({ severity, message, remedy }: Finding): string => `${severity}: ${message}. ${remedy}`;

/** A resource of the plan with its steps. */
interface Node {
  readonly label: string;
  /** Keys of the resources that its first step waits for. */
  readonly needs: readonly string[];
}

const tree = (steps: readonly PlanStep[]): readonly string[] => {
  const nodes = nodesOf(steps);
  const graph: Graph = new Map([...nodes].map(([key, { needs }]) => [key, needs]));
  const depth = depths(graph);
  const below = new Map<string, string[]>();
  const tops: string[] = [];
  for (const key of [...nodes.keys()].sort(byText)) {
    const parent = deepest(graph.get(key) ?? [], depth);
    const siblings = parent === undefined || !depth.has(key) ? tops : below.get(parent);
    if (siblings !== undefined) siblings.push(key);
    else if (parent !== undefined) below.set(parent, [key]);
  }
  return lines(tops, below, nodes);
};

const nodesOf = (steps: readonly PlanStep[]): ReadonlyMap<string, Node> => {
  const owners = new Map(steps.map(({ id, ref }) => [id, refKey(ref)]));
  const groups = new Map<string, PlanStep[]>();
  for (const step of steps) {
    const key = refKey(step.ref);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [step]);
    else known.push(step);
  }
  const nodes = new Map<string, Node>();
  for (const [key, group] of groups) {
    const first = group[0];
    if (first === undefined) continue;
    const label = `${inWords(first.ref, first.name)}  ${group.map(({ step }) => step).join(', ')}`;
    const needs = first.needs.flatMap((need) => owners.get(need) ?? []).filter((need) => need !== key);
    nodes.set(key, { label, needs: [...new Set(needs)] });
  }
  return nodes;
};

/** The last thing that it waits for: the deepest, and of those the first in text order. */
const deepest = (needs: readonly string[], depth: ReadonlyMap<string, number>): string | undefined =>
  needs
    .filter((need) => depth.has(need))
    .sort((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0) || byText(a, b))
    .at(0);

/** Deeper than this nothing is moved to the right any more: a chain of thousands stays readable. */
const widest = 24;

interface Line {
  readonly key: string;
  readonly depth: number;
  readonly indent: string;
  readonly last: boolean;
}

const lines = (
  tops: readonly string[],
  below: ReadonlyMap<string, readonly string[]>,
  nodes: ReadonlyMap<string, Node>,
): readonly string[] => {
  const result: string[] = [];
  const stack: Line[] = tops.map((key) => ({ key, depth: 0, indent: '', last: true })).reverse();
  for (let line = stack.pop(); line !== undefined; line = stack.pop()) {
    const { key, depth, indent, last } = line;
    const branch = depth === 0 ? '' : last ? '└─ ' : '├─ ';
    result.push(`${indent}${branch}${nodes.get(key)?.label ?? key}`);
    const further = depth === 0 || depth >= widest ? indent : `${indent}${last ? '   ' : '│  '}`;
    const children = below.get(key) ?? [];
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at] ?? '';
      stack.push({ key: child, depth: depth + 1, indent: further, last: at === children.length - 1 });
    }
  }
  return result;
};

const removals = (steps: readonly PlanStep[]): readonly string[] => {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return topologicalOrder(new Map(steps.map(({ id, needs }) => [id, needs])))
    .flatMap((id) => byId.get(id) ?? [])
    .map(({ ref, name }) => `- ${inWords(ref, name)}`);
};
