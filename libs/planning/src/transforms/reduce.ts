import type { PlanStep } from '@osm/contracts';
import { reduced, type Graph } from '../graph.ts';
import type { Transform } from '../transform.ts';

/**
 * What goes without saying is left out, so that a person can read the plan. What runs always keeps all its needs, and
 * nothing is implied through it: it runs where another step would be skipped. So it is with what is only waited for.
 */
export const reduce: Transform = (draft) => {
  const hard = ({ needs, after = [] }: PlanStep): readonly string[] => needs.filter((need) => !after.includes(need));
  const graph: Graph = new Map([...draft.steps].map(([id, step]) => [id, step.always ? [] : hard(step)]));
  const small = reduced(graph);
  const steps = new Map<string, PlanStep>();
  for (const [id, step] of draft.steps) {
    steps.set(id, step.always ? step : { ...step, needs: [...(small.get(id) ?? hard(step)), ...(step.after ?? [])] });
  }
  return { ...draft, steps };
};
