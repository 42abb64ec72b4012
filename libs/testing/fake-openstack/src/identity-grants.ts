import type { Cloud } from './frame.ts';
import type { Grant } from './identity-rows.ts';
import { grants, groupMembers, impliedRoles, projects } from './identity-rows.ts';

/** Where a role is held. */
export interface Target {
  readonly scope: Grant['scope'];
  /** `system` for the system. */
  readonly targetId: string;
}

/** A role held, expanded: by whom, where, and from which grant it comes. */
export interface Held {
  readonly userId: string;
  readonly target: Target;
  readonly roleId: string;
  readonly from: Grant;
  /** Set when the role is implied by another one. */
  readonly impliedBy?: string;
}

/** The roles and all that they imply, in the order found, without repeats. */
export function withImplied(cloud: Cloud, roleIds: readonly string[]): string[] {
  const all = new Set<string>(roleIds);
  for (const id of all) for (const implied of impliedRoles(cloud).get(id) ?? []) all.add(implied);
  return [...all];
}

/** Ids of the roles that a user has on a target: own, of groups, inherited, implied. */
export function effectiveRoleIds(cloud: Cloud, userId: string, target: Target): string[] {
  const direct = [...grants(cloud).values()]
    .filter((grant) => isActor(cloud, grant, userId) && reaches(cloud, grant, target))
    .map((grant) => grant.roleId);
  return withImplied(cloud, direct);
}

/** Every role held by users, groups and inheritance resolved (`effective` role assignments). */
export function effectiveGrants(cloud: Cloud): Held[] {
  return [...grants(cloud).values()].flatMap((from) =>
    targetsOf(cloud, from).flatMap((target) =>
      usersOf(cloud, from).flatMap((userId) =>
        withImplied(cloud, [from.roleId]).map((roleId) => ({
          userId,
          target,
          roleId,
          from,
          ...(roleId === from.roleId ? {} : { impliedBy: from.roleId }),
        })),
      ),
    ),
  );
}

/** True when the grant gives its role on the target: on it exactly, or inherited from a project or domain above. */
function reaches(cloud: Cloud, grant: Grant, target: Target): boolean {
  if (!grant.inherited) return grant.scope === target.scope && grant.targetId === target.targetId;
  return target.scope === 'project' && above(cloud, target.targetId).includes(grant.targetId);
}

/** Ids of everything above a project: its parents, then its domain. */
export function above(cloud: Cloud, projectId: string): string[] {
  const parent = projects(cloud).get(projectId)?.parent_id;
  return parent == null ? [] : [parent, ...above(cloud, parent)];
}

/** Ids of everything below a project or domain. */
export function below(cloud: Cloud, projectId: string): string[] {
  return [...projects(cloud).values()].filter((row) => above(cloud, row.id).includes(projectId)).map((row) => row.id);
}

function isActor(cloud: Cloud, grant: Grant, userId: string): boolean {
  return usersOf(cloud, grant).includes(userId);
}

function usersOf(cloud: Cloud, grant: Grant): string[] {
  return grant.actor === 'user' ? [grant.actorId] : [...(groupMembers(cloud).get(grant.actorId) ?? [])];
}

function targetsOf(cloud: Cloud, grant: Grant): Target[] {
  if (!grant.inherited) return [{ scope: grant.scope, targetId: grant.targetId }];
  return below(cloud, grant.targetId).map((targetId) => ({ scope: 'project', targetId }));
}
