import type { Finding, PlanRequest, PlanStep } from '@osm/contracts';
import { digest, refKey } from '@osm/kernel';
import { bounded } from './findings.ts';
import { topologicalOrder } from './graph.ts';
import type { Draft, Transform } from './transform.ts';
import { appendCleanUp } from './transforms/append-clean-up.ts';
import { appendRemovals } from './transforms/append-removals.ts';
import { appendRollBacks } from './transforms/append-roll-backs.ts';
import { borrowRoles, isLoan } from './transforms/borrow-roles.ts';
import { chooseStrategies } from './transforms/choose-strategies.ts';
import { connectLinks } from './transforms/connect-links.ts';
import { dropMigrated } from './transforms/drop-migrated.ts';
import { foreseeRefusals } from './transforms/foresee-refusals.ts';
import { expandSteps } from './transforms/expand-steps.ts';
import { orderNeeds } from './transforms/order-needs.ts';
import { pullMembers } from './transforms/pull-members.ts';
import { pullNeeds } from './transforms/pull-needs.ts';
import { reduce } from './transforms/reduce.ts';
import { refuseCycles } from './transforms/refuse-cycles.ts';
import { selectOriginals } from './transforms/select-originals.ts';
import { selectRoots } from './transforms/select-roots.ts';
import { selectTwins } from './transforms/select-twins.ts';
import { takeMoments } from './transforms/take-moments.ts';
import { takeTurns } from './transforms/take-turns.ts';
import { tellCautions } from './transforms/tell-cautions.ts';
import { tellDrift } from './transforms/tell-drift.ts';
import type { World } from './world.ts';

/** How a migration is drafted, stage by stage; why a stage stands where it does is said in its file. */
export const transforms: readonly Transform[] = [
  selectRoots,
  pullMembers,
  pullNeeds,
  dropMigrated,
  tellDrift,
  foreseeRefusals,
  tellCautions,
  expandSteps,
  chooseStrategies,
  orderNeeds,
  connectLinks,
  takeTurns,
  takeMoments,
  appendCleanUp,
  borrowRoles,
  refuseCycles,
  reduce,
];

/** How the removal of originals is drafted. */
export const removalTransforms: readonly Transform[] = [
  selectOriginals,
  appendRemovals,
  borrowRoles,
  refuseCycles,
  reduce,
];

/** How the roll-back of a plan is drafted: what it has made goes in the reverse of the order in which it stands on each other. */
export const rollBackTransforms: readonly Transform[] = [
  selectTwins,
  appendRollBacks,
  borrowRoles,
  refuseCycles,
  reduce,
];

const transformsOf: { readonly [intent in PlanRequest['intent']]: readonly Transform[] } = {
  migrate: transforms,
  remove: removalTransforms,
  'roll-back': rollBackTransforms,
};

/** A plan as it is offered for approval. */
export interface DraftedPlan {
  /** Each after all that it waits for; the same for the same request and world. Empty where a finding is an error. */
  readonly steps: readonly PlanStep[];
  readonly findings: readonly Finding[];
  /** How many resources have steps in the plan; a project in which only a role is borrowed is none. */
  readonly resources: number;
  /** SHA-256 of the steps: what an approval names. */
  readonly digest: string;
}

/** Drafts what was asked for. Pure: the same request and world give the same digest. */
export const draft = (request: PlanRequest, world: World): DraftedPlan => {
  const drafted = transformsOf[request.intent].reduce((made, transform) => transform(made, world), emptyDraft(request));
  const findings = bounded(drafted.findings);
  const refused = drafted.findings.some(({ severity }) => severity === 'error');
  const steps = refused ? [] : ordered(drafted);
  return { steps, findings, resources: resourcesOf(steps), digest: digest(steps) };
};

/** The beginning of every draft. */
export const emptyDraft = (request: PlanRequest): Draft => ({
  request,
  resources: new Map(),
  chains: new Map(),
  steps: new Map(),
  findings: [],
});

const ordered = ({ steps }: Draft): readonly PlanStep[] =>
  topologicalOrder(new Map([...steps].map(([id, { needs }]) => [id, needs]))).flatMap((id) => steps.get(id) ?? []);

const resourcesOf = (steps: readonly PlanStep[]): number =>
  new Set(steps.filter((step) => !isLoan(step)).map(({ ref }) => refKey(ref))).size;
