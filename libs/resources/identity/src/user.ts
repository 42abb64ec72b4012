import { defineResource, identity, impossible, lost, madeByTheCloud, pick } from '@osm/resource';
import { z } from 'zod';
import { allUsers } from './all-users.ts';
import { domain } from './domain.ts';
import { project } from './project.ts';
import { RoleAssignment, assignmentPath, sameAssignments, withRoleAssignments } from './role-assignments.ts';
import { role } from './role.ts';

/** A Keystone user, with the roles assigned to it; never its password. */
export const user = defineResource({
  type: 'user',
  summary: 'A person or a program that has a name and roles.',
  api: identity('/users', 'user'),

  source: z.object({
    id: z.string(),
    name: z.string(),
    domain_id: z.string(),
    default_project_id: z.string().nullish(),
    description: z.string().nullish(),
    email: z.string().nullish(),
    enabled: z.boolean(),
    options: z.record(z.string(), z.json()).optional(),
    role_assignments: z.array(RoleAssignment).optional(),
  }),

  needs: {
    domain: { of: domain, id: (s) => s.domain_id },
    default_project: { of: project, id: (s) => s.default_project_id, parent: true },
    // A user lives in its default project, and only without one directly in its domain.
    home: { of: domain, id: (s) => (s.default_project_id == null ? s.domain_id : null), parent: true },
    roles: { of: role, ids: (s) => (s.role_assignments ?? []).map(({ role_id }) => role_id) },
    projects: { of: project, ids: (s) => scopes(s, 'project') },
    domains: { of: domain, ids: (s) => scopes(s, 'domain') },
  },
  filters: ['domain_id', 'default_project_id', 'enabled'],
  listAll: allUsers,
  enrich: withRoleAssignments,

  create: (s, to) => ({
    domain_id: to.domain,
    default_project_id: to.default_project,
    // Without a password nobody can log in until the owner sets one.
    ...pick(s, 'name', 'description', 'email', 'enabled'),
    options: s.options === undefined ? undefined : settable(s.options),
  }),
  adopt: {
    unique: (s, to) => {
      const key = { name: s.name, domain_id: to.domain };
      return { query: key, match: key };
    },
    marker: 'description',
  },
  expect: (s, to) => ({ options: s.options, role_assignments: s.role_assignments?.map((each) => twinOf(each, to)) }),
  same: { role_assignments: sameAssignments },
  // Also for a user that was there before: it must be able to work with what arrives.
  finish: (s, to, twin) =>
    (s.role_assignments ?? []).map((each) => ({ method: 'PUT', path: assignmentPath(twin.id, twinOf(each, to)) })),

  drop: {
    id: madeByTheCloud.id,
    links: madeByTheCloud.id,
    password_expires_at: impossible(
      'no API shows passwords: the twin has none, so an administrator has to set one or the user to reset it',
    ),
    federated: lost('identity providers are not migrated: the user has to log in through one of the destination'),
  },
});

const scopes = (s: { role_assignments?: RoleAssignment[] | undefined }, kind: 'project' | 'domain'): string[] =>
  (s.role_assignments ?? []).flatMap(({ scope }) => {
    if (kind === 'project') return 'project' in scope ? [scope.project] : [];
    return 'domain' in scope ? [scope.domain] : [];
  });

interface Ends {
  roles(sourceId: string): string;
  projects(sourceId: string): string;
  domains(sourceId: string): string;
}

const twinOf = ({ role_id, scope, inherited }: RoleAssignment, to: Ends): RoleAssignment => ({
  role_id: to.roles(role_id),
  scope: twinScope(scope, to),
  inherited,
});

const twinScope = (scope: RoleAssignment['scope'], to: Ends): RoleAssignment['scope'] => {
  if ('project' in scope) return { project: to.projects(scope.project) };
  if ('domain' in scope) return { domain: to.domains(scope.domain) };
  return scope;
};

/** Keystone refuses a user with an option that it does not know: these are what releases from Zed on know. */
const knownOptions: ReadonlySet<string> = new Set([
  'ignore_change_password_upon_first_use',
  'ignore_password_expiry',
  'ignore_lockout_failure_attempts',
  'ignore_user_inactivity',
  'lock_password',
  'multi_factor_auth_enabled',
  'multi_factor_auth_rules',
]);

const settable = <T>(options: { readonly [option: string]: T }): { readonly [option: string]: T } =>
  Object.fromEntries(Object.entries(options).filter(([option]) => knownOptions.has(option)));
