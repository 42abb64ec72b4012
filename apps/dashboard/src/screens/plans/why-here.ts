import type { PlanGraph } from './plan-graph.ts';

/** Why a resource is in a plan. */
export interface WhyHere {
  /** Somebody chose it. */
  readonly isChosen: boolean;
  /** Keys of what stands on it at once. */
  readonly neededBy: readonly string[];
  /** From it to a chosen resource, over what stands on it or over what it lives in; empty where there is none. */
  readonly path: readonly string[];
}

/** Why a resource is there: it was chosen, a chosen one stands on it, or it lives in a chosen one. */
export const whyHere = (graph: PlanGraph, roots: ReadonlySet<string>, key: string): WhyHere => {
  const resource = graph.get(key);
  const neededBy = resource?.neededBy ?? [];
  if (roots.has(key)) return { isChosen: true, neededBy, path: [] };
  const path = shortest(graph, roots, key, 'neededBy') ?? shortest(graph, roots, key, 'needs') ?? [];
  return { isChosen: false, neededBy, path };
};

const shortest = (
  graph: PlanGraph,
  roots: ReadonlySet<string>,
  key: string,
  way: 'needs' | 'neededBy',
): readonly string[] | undefined => {
  const paths: (readonly string[])[] = [[key]];
  const seen = new Set([key]);
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? '')?.[way] ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (roots.has(next)) return [...path, next];
      paths.push([...path, next]);
    }
  }
  return undefined;
};
