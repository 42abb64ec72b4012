import { refKey } from '@osm/kernel';
import {
  addEdge,
  lastStep,
  lastStepBeforeLinks,
  withEdges,
  type Chosen,
  type Edges,
  type Transform,
} from '../transform.ts';

/** A resource is begun when all that it needs is done. */
export const orderNeeds: Transform = (draft) => {
  const edges: Edges = new Map();
  for (const [key, resource] of draft.resources) {
    const first = draft.chains.get(key)?.[0];
    for (const { ref } of resource.needs) {
      const need = draft.resources.get(refKey(ref));
      const chain = draft.chains.get(refKey(ref));
      // What is tied to me once I am there cannot be done before I begin: then its twin is enough. So it is where I tie
      // myself to it later on: that is when it must be done.
      const known = isTiedTo(need, key) || isTiedTo(resource, refKey(ref));
      addEdge(edges, first?.id, (known ? lastStepBeforeLinks(chain) : lastStep(chain))?.id);
    }
  }
  return { ...draft, steps: withEdges(draft.steps, edges) };
};

const isTiedTo = (resource: Chosen | undefined, key: string): boolean =>
  resource?.links.some((link) => refKey(link.ref) === key) === true;
