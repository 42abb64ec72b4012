import { canonicalJson, Failure, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { z } from 'zod';

/** Who may be assigned a role. */
export type Actor = 'user' | 'group';

/** One role that somebody has somewhere. `inherited`: not there itself, but in all projects below. */
export const RoleAssignment = z.object({
  role_id: z.string(),
  scope: z.union([
    z.object({ project: z.string() }),
    z.object({ domain: z.string() }),
    z.object({ system: z.literal('all') }),
  ]),
  inherited: z.boolean(),
});
export type RoleAssignment = z.infer<typeof RoleAssignment>;

const Id = z.object({ id: z.string() });
const Shown = z.object({
  role: Id,
  user: Id.optional(),
  group: Id.optional(),
  scope: z.object({
    project: Id.optional(),
    domain: Id.optional(),
    system: z.object({ all: z.boolean() }).optional(),
    'OS-INHERIT:inherited_to': z.string().optional(),
  }),
});

/** The assignments of each user or group themselves: neither what groups nor what implied roles give them. */
export const listRoleAssignments = async (
  cloud: Cloud,
  actor: Actor,
  id?: string,
): Promise<ReadonlyMap<string, readonly RoleAssignment[]>> => {
  const query = id === undefined ? {} : { [`${actor}.id`]: id };
  const byActor = new Map<string, RoleAssignment[]>();
  for await (const item of cloud.list('identity', '/role_assignments', { key: 'role_assignments', query })) {
    const shown = Shown.parse(item);
    const who = shown[actor];
    if (who === undefined) continue;
    const assignments = byActor.get(who.id) ?? [];
    assignments.push({
      role_id: shown.role.id,
      scope: scopeOf(shown.scope),
      inherited: shown.scope['OS-INHERIT:inherited_to'] !== undefined,
    });
    byActor.set(who.id, assignments);
  }
  return byActor;
};

const scopeOf = ({ project, domain, system }: z.infer<typeof Shown>['scope']): RoleAssignment['scope'] => {
  if (project !== undefined) return { project: project.id };
  if (domain !== undefined) return { domain: domain.id };
  if (system?.all === true) return { system: 'all' };
  throw new Failure('unreadable-resource', 'cannot read a role assignment: its scope is no project, domain or system', {
    remedy: 'The cloud shows it in a form that this version does not know: report it with the release of the cloud.',
  });
};

/** The path under which an assignment is made, asked for and taken away. */
export const assignmentPath = (actor: Actor, id: string, { role_id, scope, inherited }: RoleAssignment): string => {
  if ('system' in scope) return `/system/${actor}s/${id}/roles/${role_id}`;
  const place = 'project' in scope ? `projects/${scope.project}` : `domains/${scope.domain}`;
  const path = `/${place}/${actor}s/${id}/roles/${role_id}`;
  return inherited ? `/OS-INHERIT${path}/inherited_to_projects` : path;
};

/** What has role assignments. */
interface Assigned {
  readonly role_assignments?: readonly RoleAssignment[] | undefined;
}

export const assignedRoles = (s: Assigned): readonly string[] =>
  (s.role_assignments ?? []).map(({ role_id }) => role_id);

export const assignedProjects = (s: Assigned): readonly string[] =>
  (s.role_assignments ?? []).flatMap(({ scope }) => ('project' in scope ? [scope.project] : []));

export const assignedDomains = (s: Assigned): readonly string[] =>
  (s.role_assignments ?? []).flatMap(({ scope }) => ('domain' in scope ? [scope.domain] : []));

/** The twins of what assignments name; a project or domain may have none yet. */
export interface Ends {
  roles(sourceId: string): string | undefined;
  projects(sourceId: string): string | undefined;
  domains(sourceId: string): string | undefined;
}

/** The same assignment at the destination; undefined where it has no role or no place to be made yet. */
export const twinAssignment = ({ role_id, scope, inherited }: RoleAssignment, to: Ends): RoleAssignment | undefined => {
  const role = to.roles(role_id);
  const place = twinScope(scope, to);
  return role === undefined || place === undefined ? undefined : { role_id: role, scope: place, inherited };
};

const twinScope = (scope: RoleAssignment['scope'], to: Ends): RoleAssignment['scope'] | undefined => {
  if ('system' in scope) return scope;
  if ('project' in scope) {
    const project = to.projects(scope.project);
    return project === undefined ? undefined : { project };
  }
  const domain = to.domains(scope.domain);
  return domain === undefined ? undefined : { domain };
};

/** What the twin shall show; null stands for each assignment whose place has no twin yet, which no cloud shows. */
export const expectedAssignments = (s: Assigned, to: Ends): readonly Json[] | undefined =>
  s.role_assignments?.map((each) => twinAssignment(each, to) ?? null);

/** Lists of assignments are sets. */
export const sameAssignments = (expected: unknown, actual: unknown): boolean => asSet(expected) === asSet(actual);

const asSet = (list: unknown): string =>
  canonicalJson(Array.isArray(list) ? [...new Set(list.map(canonicalJson))].sort() : list);

/** For `enrich`: the assignments of one item. */
export const assignmentsOf = (
  all: ReadonlyMap<string, readonly RoleAssignment[]>,
  item: JsonObject,
): readonly RoleAssignment[] => all.get(String(item['id'])) ?? [];
