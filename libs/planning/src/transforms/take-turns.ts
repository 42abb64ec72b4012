import { refKey } from '@osm/kernel';
import { byText } from '../graph.ts';
import { addEdge, lastStep, stepId, withWaits, type Edges, type Transform } from '../transform.ts';

/**
 * What is taken by one at a time is given to those that share it one after the other, in text order. The next one begins
 * when the one before has settled, however that ended: where it has steps that run always, the last of them tells.
 */
export const takeTurns: Transform = (draft) => {
  const sharers = new Map<string, string[]>();
  for (const [key, { needs }] of draft.resources) {
    for (const { ref } of needs.filter(({ oneByOne }) => oneByOne)) {
      if (!draft.chains.has(key)) continue;
      const known = sharers.get(refKey(ref));
      if (known === undefined) sharers.set(refKey(ref), [key]);
      else known.push(key);
    }
  }
  const edges: Edges = new Map();
  for (const keys of sharers.values()) {
    const turns = [...new Set(keys)].sort(byText);
    for (const [at, key] of turns.slice(1).entries()) {
      const before = draft.chains.get(turns[at] ?? '');
      const settled = before?.findLast(({ always }) => always) ?? lastStep(before);
      const resource = draft.resources.get(key);
      if (resource !== undefined) addEdge(edges, stepId(resource.ref, 'create'), settled?.id);
    }
  }
  return { ...draft, steps: withWaits(draft.steps, edges) };
};
