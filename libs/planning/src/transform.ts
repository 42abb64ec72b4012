import type { Finding, PlanRequest, PlanStep } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import type { Relation, Resource } from '@osm/resource';
import { byText } from './graph.ts';
import type { Observed, World } from './world.ts';

/** A resource that a plan is about. */
export interface Chosen extends Observed {
  readonly handler: Resource;
  /** Why it is part of the plan. */
  readonly as: 'root' | 'member' | 'need';
  /** What is to be done for it: all its steps, only those that tie its links, none: it is done already. */
  readonly work: 'all' | 'links' | 'none';
  readonly needs: readonly Relation[];
  readonly links: readonly Relation[];
}

/** A step of a resource's chain, as the transforms after `expand-steps` look at it. */
export interface ChainStep {
  readonly id: string;
  readonly always: boolean;
  readonly afterLinks: boolean;
}

/** A plan in the making. A value: transforms return another one. */
export interface Draft {
  readonly request: PlanRequest;
  /** By key of the ref. */
  readonly resources: ReadonlyMap<string, Chosen>;
  /** By key of the ref: the resource's own steps in their order. */
  readonly chains: ReadonlyMap<string, readonly ChainStep[]>;
  /** By id. */
  readonly steps: ReadonlyMap<string, PlanStep>;
  readonly findings: readonly Finding[];
}

/** One stage of drafting. Pure. */
export type Transform = (draft: Draft, world: World) => Draft;

/** The resource with its relations, or undefined where no scan has seen it or no handler knows its type. */
export const chosen = (ref: Ref, as: Chosen['as'], world: World): Chosen | undefined => {
  const observed = world.observed(ref);
  const handler = world.handlers.get(ref.type);
  if (observed === undefined || handler === undefined) return undefined;
  const { attributes } = observed;
  const needs = handler.needs(attributes, world.policy);
  return { ...observed, handler, as, work: 'all', needs, links: handler.links(attributes) };
};

/** The id of a step within its plan. */
export const stepId = (ref: Ref, step: string): string => `${refKey(ref)}/${step}`;

/** `network net-a (5f3e…)`: a resource in words. */
export const inWords = (ref: Ref, name: string | null | undefined): string =>
  name === null || name === undefined || name === '' ? `${ref.type} ${ref.id}` : `${ref.type} ${name} (${ref.id})`;

/** The draft with further findings. */
export const withFindings = (draft: Draft, findings: readonly Finding[]): Draft =>
  findings.length === 0 ? draft : { ...draft, findings: [...draft.findings, ...findings] };

/** The last step that does something for the resource: what others wait for. */
export const lastStep = (chain: readonly ChainStep[] | undefined): ChainStep | undefined =>
  chain?.findLast(({ always }) => !always);

/** The last step before links are tied: from then on the twin is there. */
export const lastStepBeforeLinks = (chain: readonly ChainStep[] | undefined): ChainStep | undefined =>
  chain?.findLast(({ always, afterLinks }) => !always && !afterLinks);

/** Steps of a resource that together end after all its others: its last one, and what clears up. */
export const endsOf = (chain: readonly ChainStep[] | undefined): readonly string[] =>
  (chain ?? []).filter((step) => step.always || step === lastStep(chain)).map(({ id }) => id);

/** What steps wait for beside what they say themselves; gathered first, so that many edges cost no more than few. */
export type Edges = Map<string, Set<string>>;

/** Says that a step waits for another one; with one of them missing there is nothing to say. */
export const addEdge = (edges: Edges, step: string | undefined, need: string | undefined): void => {
  if (step === undefined || need === undefined || step === need) return;
  const known = edges.get(step);
  if (known === undefined) edges.set(step, new Set([need]));
  else known.add(need);
};

/** The steps with these edges too; each need is named once, in text order. */
export const withEdges = (steps: ReadonlyMap<string, PlanStep>, edges: Edges): ReadonlyMap<string, PlanStep> => {
  const result = new Map(steps);
  for (const [id, needs] of edges) {
    const step = steps.get(id);
    if (step !== undefined) result.set(id, { ...step, needs: [...new Set([...step.needs, ...needs])].sort(byText) });
  }
  return result;
};

/** The steps with these edges too, over which a step only waits: however what it waits for ends, it runs. */
export const withWaits = (steps: ReadonlyMap<string, PlanStep>, edges: Edges): ReadonlyMap<string, PlanStep> => {
  const result = new Map(withEdges(steps, edges));
  for (const [id, waits] of edges) {
    const [before, step] = [steps.get(id), result.get(id)];
    if (before === undefined || step === undefined) continue;
    const own = [...waits].filter((need) => !before.needs.includes(need) || before.after?.includes(need) === true);
    const after = [...new Set([...(before.after ?? []), ...own])].sort(byText);
    if (after.length > 0) result.set(id, { ...step, after });
  }
  return result;
};
