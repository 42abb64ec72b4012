import { refKey } from '@osm/kernel';
import { addEdge, lastStepBeforeLinks, withEdges, type Edges, type Transform } from '../transform.ts';

/** A link waits for both ends to be there, but not for the other end's own links: so links may go round in circles. */
export const connectLinks: Transform = (draft) => {
  const edges: Edges = new Map();
  for (const [key, { links }] of draft.resources) {
    for (const step of draft.chains.get(key) ?? []) {
      if (!step.afterLinks) continue;
      for (const { ref } of links) addEdge(edges, step.id, lastStepBeforeLinks(draft.chains.get(refKey(ref)))?.id);
    }
  }
  return { ...draft, steps: withEdges(draft.steps, edges) };
};
