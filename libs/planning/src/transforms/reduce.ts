import type { PlanStep } from '@osm/contracts';
import { reduced, type Graph } from '../graph.ts';
import type { Transform } from '../transform.ts';

/**
 * What goes without saying is left out, so that a person can read the plan. What runs always keeps all its needs, and
 * nothing is implied through it: it runs where another step would be skipped.
 */
export const reduce: Transform = (draft) => {
  const graph: Graph = new Map([...draft.steps].map(([id, { needs, always }]) => [id, always ? [] : needs]));
  const small = reduced(graph);
  const steps = new Map<string, PlanStep>();
  for (const [id, step] of draft.steps) {
    steps.set(id, step.always ? step : { ...step, needs: [...(small.get(id) ?? step.needs)] });
  }
  return { ...draft, steps };
};
