import type { PlanStep } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import { byText } from '../graph.ts';
import {
  addEdge,
  endsOf,
  lastStep,
  stepId,
  withEdges,
  type ChainStep,
  type Edges,
  type Transform,
} from '../transform.ts';

/** Whoever makes something in a project's name needs a role there: borrowed once for each project, given back at the end. */
export const borrowRoles: Transform = (draft, world) => {
  if (!world.policy.multitenant_mode) return draft;
  const projects = new Map<string, (readonly ChainStep[])[]>();
  for (const [key, { handler, attributes }] of draft.resources) {
    const chain = draft.chains.get(key);
    const projectId = handler.actsInProject ? handler.projectId(attributes) : null;
    if (chain === undefined || projectId === null || projectId === '') continue;
    const known = projects.get(projectId);
    if (known === undefined) projects.set(projectId, [chain]);
    else known.push(chain);
  }
  const steps = new Map(draft.steps);
  const edges: Edges = new Map();
  for (const [id, chains] of [...projects].sort(([a], [b]) => byText(a, b))) {
    const ref: Ref = { type: 'project', id };
    const name = world.observed(ref)?.name ?? null;
    const grant = roleStep(ref, name, 'grant', false);
    const revoke = roleStep(ref, name, 'revoke', true);
    steps.set(grant.id, grant);
    steps.set(revoke.id, revoke);
    addEdge(edges, grant.id, lastStep(draft.chains.get(refKey(ref)))?.id);
    addEdge(edges, revoke.id, grant.id);
    for (const chain of chains) {
      addEdge(edges, chain[0]?.id, grant.id);
      // A step settles after all that it waits for, so that the ends stand for the whole chain.
      for (const end of endsOf(chain)) addEdge(edges, revoke.id, end);
    }
  }
  return { ...draft, steps: withEdges(steps, edges) };
};

const roleStep = (ref: Ref, name: string | null, step: 'grant' | 'revoke', always: boolean): PlanStep => ({
  id: stepId(ref, step),
  ref,
  name,
  step,
  service: 'identity',
  needs: [],
  always,
});
