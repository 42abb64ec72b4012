import type { PlanGraph, PlanResource } from './plan-graph.ts';

/** A box: one resource, or several that are alike in all but their names. */
export interface Box {
  /** The key of the resource, or of the first of several. */
  readonly key: string;
  readonly type: string;
  readonly title: string;
  readonly status: PlanResource['status'];
  /** Keys of all its resources. */
  readonly members: readonly string[];
}

/** What is drawn of a plan. */
export interface Drawing {
  readonly boxes: readonly Box[];
  /** From what is needed to what needs it, by keys of boxes. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** Resources that are in a box. */
  readonly drawn: number;
}

/** From how many on resources that are alike share a box. */
const alikeFrom = 4;

/**
 * At most `cap` boxes: resources of one type that stand on the same and on which the same stands share one. Where there are
 * more, those nearest to the chosen resource are drawn; where none is chosen, those that come first. What is implied by
 * other lines is not drawn as a line.
 */
export const drawing = (graph: PlanGraph, cap: number, around?: string): Drawing => {
  const boxes = boxesOf(graph);
  const boxOf = new Map(boxes.flatMap((box) => box.members.map((member) => [member, box])));
  const shown = boxes.length <= cap ? boxes : nearest(boxes, boxOf, graph, cap, around);
  const isShown = new Set(shown);
  const needsOf = (box: Box): ReadonlySet<string> =>
    new Set(
      linked(box, boxOf, graph, 'needs')
        .filter((each) => isShown.has(each))
        .map(({ key }) => key),
    );
  const needs = new Map(shown.map((box) => [box.key, needsOf(box)]));
  const edges = [...needs].flatMap(([to, keys]) => [...withoutImplied(keys, needs)].map((from) => ({ from, to })));
  return { boxes: shown, edges, drawn: shown.reduce((total, { members }) => total + members.length, 0) };
};

const boxesOf = (graph: PlanGraph): readonly Box[] => {
  const alike = Map.groupBy(graph.values(), (each) =>
    JSON.stringify([each.type, each.needs.toSorted(), each.neededBy.toSorted()]),
  );
  return [...alike.values()].flatMap((each) =>
    each.length >= alikeFrom ? [stack(each)] : each.map((one) => stack([one])),
  );
};

const stack = (resources: readonly PlanResource[]): Box => {
  const [first] = resources;
  const statuses = new Set(resources.map(({ status }) => status));
  const title = resources.length === 1 ? (first?.name ?? '') || (first?.id ?? '') : `${resources.length} alike`;
  return {
    ...{ key: first?.key ?? '', type: first?.type ?? '', title },
    status: statuses.size === 1 ? (first?.status ?? 'waiting') : worst(statuses),
    members: resources.map(({ key }) => key),
  };
};

const worst = (statuses: ReadonlySet<Box['status']>): Box['status'] =>
  (['failed', 'dispatched', 'waiting', 'skipped', 'succeeded'] as const).find((each) => statuses.has(each)) ??
  'waiting';

const linked = (
  box: Box,
  boxOf: ReadonlyMap<string, Box>,
  graph: PlanGraph,
  way: 'needs' | 'neededBy',
): readonly Box[] => [
  // All members of a box have the same links.
  ...new Set((graph.get(box.key)?.[way] ?? []).flatMap((key) => boxOf.get(key) ?? []).filter((each) => each !== box)),
];

const nearest = (
  boxes: readonly Box[],
  boxOf: ReadonlyMap<string, Box>,
  graph: PlanGraph,
  cap: number,
  around: string | undefined,
): readonly Box[] => {
  const start = around === undefined ? undefined : boxOf.get(around);
  if (start === undefined) return boxes.slice(0, cap);
  const found = new Set([start]);
  for (const box of found) {
    for (const next of [...linked(box, boxOf, graph, 'needs'), ...linked(box, boxOf, graph, 'neededBy')]) {
      if (found.size >= cap) return [...found];
      found.add(next);
    }
  }
  return [...found];
};

/** Needs without those that another need stands on anyway. */
const withoutImplied = (
  needs: ReadonlySet<string>,
  all: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> => {
  const implied = new Set<string>();
  const below = (key: string): void => {
    for (const next of all.get(key) ?? []) {
      if (implied.has(next)) continue;
      implied.add(next);
      below(next);
    }
  };
  for (const need of needs) below(need);
  return new Set([...needs].filter((need) => !implied.has(need)));
};
