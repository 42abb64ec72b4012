import { refKey } from '@osm/kernel';
import { components } from '../graph.ts';
import { addEdge, lastStep, lastStepBeforeLinks, withEdges, type Edges, type Transform } from '../transform.ts';

/**
 * A link waits for its other end to be done, so that a floating IP is tied when its router leads somewhere. Only where the
 * other end waits for me in turn its twin is enough: so links may go round in circles.
 */
export const connectLinks: Transform = (draft) => {
  const links = draft.resources
    .entries()
    .flatMap(([key, { links }]) =>
      (draft.chains.get(key) ?? [])
        .filter(({ afterLinks }) => afterLinks)
        .flatMap(({ id }) => links.map(({ ref }) => ({ step: id, chain: draft.chains.get(refKey(ref)) }))),
    );
  const all = [...links];
  const wished: Edges = new Map();
  for (const { step, chain } of all) addEdge(wished, step, lastStep(chain)?.id);
  const knots = knotsOf(withEdges(draft.steps, wished));
  const edges: Edges = new Map();
  for (const { step, chain } of all) {
    const last = lastStep(chain)?.id;
    const isCircle = last !== undefined && knots.get(last) === knots.get(step);
    addEdge(edges, step, isCircle ? lastStepBeforeLinks(chain)?.id : last);
  }
  return { ...draft, steps: withEdges(draft.steps, edges) };
};

/** By step, the number of the steps that all wait for each other, of which it is one. */
const knotsOf = (steps: ReadonlyMap<string, { readonly needs: readonly string[] }>): ReadonlyMap<string, number> => {
  const graph = new Map([...steps].map(([id, { needs }]) => [id, needs]));
  return new Map(components(graph).flatMap((knot, number) => knot.map((id) => [id, number] as const)));
};
