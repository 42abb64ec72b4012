import { canonicalJson, Failure, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { z } from 'zod';

/** One role that a user has somewhere. `inherited`: not there itself, but in all projects below. */
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
  scope: z.object({
    project: Id.optional(),
    domain: Id.optional(),
    system: z.object({ all: z.boolean() }).optional(),
    'OS-INHERIT:inherited_to': z.string().optional(),
  }),
});

/** Adds to users what they were assigned themselves: neither what groups nor what implied roles give them. */
export const withRoleAssignments = async (cloud: Cloud, id?: string): Promise<(item: JsonObject) => JsonObject> => {
  const query = id === undefined ? {} : { 'user.id': id };
  const byUser = new Map<string, RoleAssignment[]>();
  for await (const item of cloud.list('identity', '/role_assignments', { key: 'role_assignments', query })) {
    const { role, user, scope } = Shown.parse(item);
    if (user === undefined) continue;
    const assignments = byUser.get(user.id) ?? [];
    assignments.push({
      role_id: role.id,
      scope: scopeOf(scope),
      inherited: scope['OS-INHERIT:inherited_to'] !== undefined,
    });
    byUser.set(user.id, assignments);
  }
  return (item) => ({ role_assignments: byUser.get(String(item['id'])) ?? [] });
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
export const assignmentPath = (userId: string, { role_id, scope, inherited }: RoleAssignment): string => {
  if ('system' in scope) return `/system/users/${userId}/roles/${role_id}`;
  const place = 'project' in scope ? `projects/${scope.project}` : `domains/${scope.domain}`;
  const path = `/${place}/users/${userId}/roles/${role_id}`;
  return inherited ? `/OS-INHERIT${path}/inherited_to_projects` : path;
};

/** Lists of assignments are sets. */
export const sameAssignments = (expected: unknown, actual: unknown): boolean => asSet(expected) === asSet(actual);

const asSet = (list: unknown): string =>
  canonicalJson(Array.isArray(list) ? [...new Set(list.map(canonicalJson))].sort() : list);
