import { takesAway, type PlanStep } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import type { Resource } from '@osm/resource';
import { byText } from '../graph.ts';
import {
  addEdge,
  chosen,
  endsOf,
  lastStep,
  stepId,
  withEdges,
  type Draft,
  type Edges,
  type Transform,
} from '../transform.ts';
import type { World } from '../world.ts';

/** One end of the route at which a role is lent, by the names of the steps that lend it and take it back. */
interface Loan {
  readonly grant: string;
  readonly revoke: string;
  /** Whether a step of a resource of this type wants it. */
  wanted(handler: Resource, step: string): boolean;
}

const loans: readonly Loan[] = [
  {
    grant: 'grant',
    revoke: 'revoke',
    // Where even reading wants it, the twin cannot be looked at without it before its original is removed.
    wanted: (handler, step) => handler.actsInProject && (!takesAway({ step }) || handler.readsInProject),
  },
  { grant: 'grant-source', revoke: 'revoke-source', wanted: (handler) => handler.readsInProject },
];

/** Whether a step only lends a role or takes it back: nothing is migrated by it. */
export const isLoan = ({ step }: Pick<PlanStep, 'step'>): boolean =>
  loans.some(({ grant, revoke }) => step === grant || step === revoke);

/**
 * Whoever makes something in a project's name, or reads what only its members may read, needs a role there: borrowed once
 * for each project and end, given back when all is over. After the removals, which may want it too.
 */
export const borrowRoles: Transform = (draft, world) =>
  world.policy.multitenant_mode ? loans.reduce((made, loan) => borrow(made, loan, world), draft) : draft;

const borrow = (draft: Draft, loan: Loan, world: World): Draft => {
  const steps = new Map(draft.steps);
  const edges: Edges = new Map();
  for (const [projectId, users] of usersByProject(draft, loan, world)) {
    const ref: Ref = { type: 'project', id: projectId };
    const name = world.observed(ref)?.name ?? null;
    const grant = roleStep(ref, name, loan.grant, false);
    const revoke = roleStep(ref, name, loan.revoke, true);
    steps.set(grant.id, grant);
    steps.set(revoke.id, revoke);
    if (loan.grant === 'grant') addEdge(edges, grant.id, lastStep(draft.chains.get(refKey(ref)))?.id);
    addEdge(edges, revoke.id, grant.id);
    for (const { first, ends } of users) {
      addEdge(edges, first, grant.id);
      for (const end of ends) addEdge(edges, revoke.id, end);
    }
    // The role goes before the project does, at either end: two steps at once on one record are in each other's way.
    for (const taking of ['remove', 'roll-back']) addEdge(edges, stepId(ref, taking), revoke.id);
  }
  return { ...draft, steps: withEdges(steps, edges) };
};

/** Steps of one resource that want a loan: the first of them, and those that end after all others. */
interface User {
  readonly first: string;
  readonly ends: readonly string[];
}

/** By project, in text order: what wants the loan there. */
const usersByProject = (draft: Draft, loan: Loan, world: World): readonly (readonly [string, readonly User[]])[] => {
  const projects = new Map<string, User[]>();
  for (const { id, ref, step } of draft.steps.values()) {
    // What is only removed with its user may be no resource of the draft's own.
    const resource = draft.resources.get(refKey(ref)) ?? chosen(ref, 'need', world);
    if (resource === undefined || !loan.wanted(resource.handler, step)) continue;
    const projectId = resource.handler.projectId(resource.attributes);
    if (projectId === null || projectId === '') continue;
    const chain = draft.chains.get(refKey(ref));
    const removes = takesAway({ step });
    // One for the whole chain.
    if (!removes && chain?.[0]?.id !== id) continue;
    const user = { first: id, ends: removes ? [id] : endsOf(chain) };
    const users = projects.get(projectId);
    if (users === undefined) projects.set(projectId, [user]);
    else users.push(user);
  }
  return [...projects].sort(([a], [b]) => byText(a, b));
};

const roleStep = (ref: Ref, name: string | null, step: string, always: boolean): PlanStep => ({
  id: stepId(ref, step),
  ref,
  name,
  step,
  service: 'identity',
  needs: [],
  always,
});
