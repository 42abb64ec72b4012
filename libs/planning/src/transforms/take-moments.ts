import type { PlanStep } from '@osm/contracts';
import type { Policy } from '@osm/resource';
import { byText } from '../graph.ts';
import {
  addEdge,
  lastStep,
  stepId,
  withEdges,
  withWaits,
  type Chosen,
  type Draft,
  type Edges,
  type Transform,
} from '../transform.ts';

/** Resources that are copied as of one moment, and what they take meanwhile. */
interface Group {
  readonly members: readonly Member[];
  readonly gib: number;
}

interface Member {
  readonly key: string;
  /** GiB. */
  readonly gib: number;
  /** The step that takes its moment, where it has one. */
  readonly moment: string | undefined;
  readonly isForAll: boolean;
  /** The step after that one. */
  readonly next: string | undefined;
}

/** How many groups whose moments have been taken are under way at a time: snapshots age, and quotas of them are small. */
const atATime = 4;

/**
 * What belongs together is copied as of one moment: none of it before the moment of all of it is taken, and what takes the
 * moment of all of them comes first. So that moments are not taken long before they are copied, and temporary copies stay
 * below `max_staging_gib`, the groups go in some lanes; the next one of a lane begins when everything temporary of the one
 * before is gone, however that ended.
 */
export const takeMoments: Transform = (draft, world) => {
  const groups = groupsOf(draft, world.policy);
  const steps = new Map(draft.steps);
  const edges: Edges = new Map();
  for (const { members } of groups) {
    const own = new Set(members.flatMap(({ key }) => draft.chains.get(key)?.map(({ id }) => id) ?? []));
    const [first, others] = [members.filter(({ isForAll }) => isForAll), members.filter(({ isForAll }) => !isForAll)];
    for (const { moment, next } of first) postpone(steps, edges, moment, next, own);
    for (const { moment } of others) for (const before of first) addEdge(edges, moment, before.moment);
    for (const { next } of members) for (const { moment } of members) addEdge(edges, next, moment);
    // What the one step has taken for all of them each clears up for itself, also when nothing else of it has run.
    for (const { key, moment } of members) {
      const clearing = moment === undefined ? [] : (draft.chains.get(key)?.filter(({ always }) => always) ?? []);
      for (const { id } of clearing) for (const all of first) addEdge(edges, id, all.moment);
    }
  }
  const waits: Edges = new Map();
  for (const lane of lanesOf(groups, world.policy)) followOn(draft, lane, waits);
  return { ...draft, steps: withWaits(withEdges(steps, edges), waits) };
};

/** A server waits for its disks before it is made, not before its moment is taken. */
const postpone = (
  steps: Map<string, PlanStep>,
  edges: Edges,
  moment: string | undefined,
  next: string | undefined,
  own: ReadonlySet<string>,
): void => {
  const step = moment === undefined ? undefined : steps.get(moment);
  if (step === undefined) return;
  for (const need of step.needs) if (own.has(need)) addEdge(edges, next, need);
  steps.set(step.id, { ...step, needs: step.needs.filter((need) => !own.has(need)) });
};

/** Those that share a key, with those that share another one with them. */
const groupsOf = ({ resources, chains }: Draft, policy: Policy): readonly Group[] => {
  const members: (Member & { readonly together: readonly string[] })[] = [];
  for (const [key, resource] of [...resources].sort(([a], [b]) => byText(a, b))) {
    if (!chains.has(key)) continue;
    const { gib, together } = resource.handler.staging(resource.attributes);
    if (gib > 0 || together.length > 0) members.push({ ...memberOf(key, resource, gib, policy), together });
  }
  const rootOf = joined(members.map(({ key, together }) => [`resource ${key}`, ...together]));
  const groups = Map.groupBy(members, ({ key }) => rootOf(`resource ${key}`));
  return [...groups.values()].map((all) => ({ members: all, gib: all.reduce((sum, { gib }) => sum + gib, 0) }));
};

/** By name, one name for all that are linked by sets of names. */
const joined = (sets: readonly (readonly string[])[]): ((name: string) => string) => {
  const above = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = above.get(root); next !== undefined; next = above.get(root)) root = next;
    for (let at = name; at !== root;) {
      const next = above.get(at) ?? root;
      above.set(at, root);
      at = next;
    }
    return root;
  };
  for (const [first = '', ...others] of sets) {
    for (const other of others) {
      const [a, b] = [rootOf(first), rootOf(other)];
      if (a !== b) above.set(a, b);
    }
  }
  return rootOf;
};

const memberOf = (key: string, { ref, handler, attributes, work }: Chosen, gib: number, policy: Policy): Member => {
  const outlines = work === 'all' ? handler.steps(attributes, policy) : [];
  const moments = outlines.map(({ step }) => (step === 'create' ? undefined : step.moment));
  const at = moments.findIndex((moment) => moment !== undefined);
  const [taking, following] = at < 0 ? [] : [outlines[at], outlines[at + 1]];
  return {
    key,
    gib,
    moment: taking === undefined ? undefined : stepId(ref, taking.name),
    isForAll: moments[at] === 'all',
    next: following === undefined ? undefined : stepId(ref, following.name),
  };
};

/** As many lanes as the largest group fits into the space that may be taken. */
const lanesOf = (groups: readonly Group[], { max_staging_gib: most }: Policy): readonly (readonly Group[])[] => {
  const queued = most === null ? groups.filter(({ members }) => members.some(({ moment }) => moment)) : groups;
  const largest = queued.reduce((most, { gib }) => Math.max(most, gib), 1);
  const count = most === null ? atATime : Math.max(Math.floor(most / largest), 1);
  const lanes: Group[][] = [];
  for (const [at, group] of queued.entries()) (lanes[at % count] ??= []).push(group);
  return lanes;
};

const followOn = ({ chains }: Draft, lane: readonly Group[], edges: Edges): void => {
  for (const [at, { members }] of lane.slice(1).entries()) {
    const before = lane[at]?.members.filter(({ gib }) => gib > 0) ?? [];
    for (const { key } of before) {
      const chain = chains.get(key);
      const settled = chain?.findLast(({ always }) => always) ?? lastStep(chain);
      for (const { key: mine } of members) addEdge(edges, chains.get(mine)?.[0]?.id, settled?.id);
    }
  }
};
