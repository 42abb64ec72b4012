import type { PlanRequest } from '@osm/contracts';
import { plan, type PlanCommand, type PlanState } from '@osm/domain';
import type { JsonObject, Ref } from '@osm/kernel';
import { buildWorld, draft, sections, type InventoryEntry } from '@osm/planning';
import { PolicySchema } from '@osm/resource';
import { resourceTypes } from '@osm/resources/all';

/** Projects by number: each the child of the one that `parentOf` names, all in one domain. */
const projects = (count: number, parentOf: (at: number) => number | undefined): readonly InventoryEntry[] => {
  const domain = { id: 'domain', name: 'deep', description: '', enabled: true };
  const parents = [{ type: 'domain', id: 'domain' }];
  const entries: InventoryEntry[] = [
    { ref: { type: 'domain', id: 'domain' }, name: 'deep', projectId: null, attributes: domain, parents: [] },
  ];
  for (let at = 0; at < count; at++) {
    const parent = parentOf(at);
    const attributes: JsonObject = {
      ...{ id: `p-${at}`, name: `p-${at}`, description: '', enabled: true, is_domain: false, domain_id: 'domain' },
      parent_id: parent === undefined ? 'domain' : `p-${parent}`,
    };
    entries.push({ ref: { type: 'project', id: `p-${at}` }, name: `p-${at}`, projectId: null, attributes, parents });
  }
  return entries;
};

/** Drafts a plan of all these projects, with the handlers that are in use. */
export const draftProjects = (count: number, parentOf: (at: number) => number | undefined) => {
  const roots: Ref[] = [{ type: 'project', id: `p-${count - 1}` }];
  const request: PlanRequest = {
    route: { source: 'old', destination: 'new' },
    ...{ roots, include: { needs: true, members: false }, intent: 'migrate', cleanUp: 'never', policy: {} },
  };
  const world = buildWorld({
    handlers: new Map(resourceTypes.map((handler) => [handler.type, handler])),
    policy: PolicySchema.parse({}),
    inventory: projects(count, parentOf),
    migrations: [],
  });
  return { request, drafted: draft(request, world) };
};

/** A plan that is told commands and folds what it decides; the state after each. */
const playPlan = (state: PlanState, ...commands: readonly PlanCommand[]): PlanState => {
  let folded = state;
  for (const command of commands) for (const event of plan.decide(command, folded)) folded = plan.evolve(folded, event);
  return folded;
};

/** The plan of such a draft, approved and started. */
export const startDeepPlan = ({ request, drafted }: ReturnType<typeof draftProjects>): PlanState => {
  const { steps, resources, digest, findings } = drafted;
  const parts = sections(steps);
  return playPlan(
    plan.initial,
    { type: 'RequestPlan', ...request, asOf: 1, by: 'ann' },
    ...parts.map((part, index) => ({ type: 'DraftSection', index, steps: part }) as const),
    { type: 'FinishDraft', sections: parts.length, resources, digest, findings: [...findings] },
    { type: 'ApprovePlan', digest, by: 'ann' },
    { type: 'StartPlan', by: 'ann' },
  );
};
