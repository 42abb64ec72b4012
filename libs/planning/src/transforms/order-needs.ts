import { refKey } from '@osm/kernel';
import { addEdge, lastStep, lastStepBeforeLinks, withEdges, type Edges, type Transform } from '../transform.ts';

/** A resource is begun when all that it needs is done. */
export const orderNeeds: Transform = (draft) => {
  const edges: Edges = new Map();
  for (const [key, { needs }] of draft.resources) {
    const first = draft.chains.get(key)?.[0];
    for (const { ref } of needs) {
      const need = draft.resources.get(refKey(ref));
      const chain = draft.chains.get(refKey(ref));
      // What is tied to me once I am there cannot be done before I begin: then its twin is enough.
      const tiedToMe = need?.links.some((link) => refKey(link.ref) === key) === true;
      addEdge(edges, first?.id, (tiedToMe ? lastStepBeforeLinks(chain) : lastStep(chain))?.id);
    }
  }
  return { ...draft, steps: withEdges(draft.steps, edges) };
};
