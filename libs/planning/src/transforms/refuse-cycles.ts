import type { Finding, PlanStep } from '@osm/contracts';
import { cycles } from '../graph.ts';
import { inWords, withFindings, type Transform } from '../transform.ts';

/** What waits for itself would wait for ever: it is refused, with the path, in words. */
export const refuseCycles: Transform = (draft) => {
  const graph = new Map([...draft.steps].map(([id, { needs }]) => [id, needs]));
  return withFindings(
    draft,
    cycles(graph).map((path) => cycle(path.flatMap((id) => draft.steps.get(id) ?? []))),
  );
};

const longest = 12;

const cycle = (path: readonly PlanStep[]): Finding => {
  const [first, ...others] = path.map(({ step, ref, name }) => `${step} of ${inWords(ref, name)}`);
  const shown = others.length > longest ? [...others.slice(0, longest), `… (${others.length - longest} more)`] : others;
  return {
    code: 'cycle',
    severity: 'error',
    message: `cannot order the plan: ${first ?? ''} waits for ${shown.join(', which waits for ')}`,
    remedy: 'Migrate one of them by itself first, or register its twin.',
    ...(path[0] === undefined ? {} : { ref: path[0].ref }),
  };
};
