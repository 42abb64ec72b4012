import type { JsonObject } from '@osm/kernel';
import { defineResource, identity, impossible, lost, madeByTheCloud, mapped, pick, type Cloud } from '@osm/resource';
import { z } from 'zod';
import { allUsers } from './all-users.ts';
import { assign } from './assign.ts';
import { applicationCredentialsOf, trustsByTrustor } from './delegations.ts';
import { domain } from './domain.ts';
import { groupsByUser } from './memberships.ts';
import { project } from './project.ts';
import {
  RoleAssignment,
  assignedDomains,
  assignedProjects,
  assignedRoles,
  assignmentsOf,
  expectedAssignments,
  listRoleAssignments,
  sameAssignments,
} from './role-assignments.ts';
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
    groups: z.array(z.string()).optional(),
    application_credentials: z.array(z.record(z.string(), z.json())).optional(),
    trusts: z.array(z.record(z.string(), z.json())).optional(),
  }),

  needs: {
    domain: { of: domain, id: (s) => s.domain_id },
    default_project: { of: project, id: (s) => s.default_project_id, parent: true },
    // A user lives in its default project, and only without one directly in its domain.
    home: { of: domain, id: (s) => (s.default_project_id == null ? s.domain_id : null), parent: true },
    roles: { of: role, ids: assignedRoles },
    // A group takes in those who were there before it; who comes after it joins it.
    groups: { of: { type: 'group' }, ids: (s) => s.groups ?? [], optional: true },
  },
  // Who moves one tenant gets no other one along with it because somebody has a role in both.
  links: {
    projects: { of: project, ids: assignedProjects },
    domains: { of: domain, ids: assignedDomains },
  },
  filters: ['domain_id', 'default_project_id', 'enabled'],
  listAll: allUsers,
  enrich: withAllThatIsTheirs,

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
  // Also for a user that was there before: it must be able to work with what arrives.
  steps: ['create', assign('user')],
  expect: (s, to) => ({ options: s.options, role_assignments: expectedAssignments(s, to) }),
  same: { role_assignments: sameAssignments },

  drop: {
    id: madeByTheCloud.id,
    links: madeByTheCloud.id,
    password_expires_at: impossible(
      'no API shows passwords: the twin has none, so an administrator has to set one or the user to reset it',
    ),
    groups: mapped('in each of its groups that has a twin; the others take it in when they arrive'),
    application_credentials: impossible(
      'no API shows their secrets and nobody makes them for another: the owner has to make new ones and give them to the programs',
    ),
    trusts: impossible(
      'only the trustor can give one: the owner, or the service that it trusts (Heat, Magnum), has to make it again',
    ),
    federated: lost('identity providers are not migrated: the user has to log in through one of the destination'),
  },
});

/**
 * Adds roles, groups, and what the user has handed on. Application credentials are asked for user by user, so only those
 * are asked for who have a role somewhere: nobody else can have any, and directories have many who have none.
 */
async function withAllThatIsTheirs(cloud: Cloud, id?: string): Promise<(item: JsonObject) => Promise<JsonObject>> {
  const [assignments, groups, trusts] = await Promise.all([
    listRoleAssignments(cloud, 'user', id),
    groupsByUser(cloud, id),
    trustsByTrustor(cloud, id),
  ]);
  return async (item) => {
    const userId = String(item['id']);
    const theirs = assignmentsOf(assignments, item);
    const member = groups.get(userId) ?? [];
    const hasRoles = theirs.length > 0 || member.length > 0 || item['federated'] !== undefined;
    return {
      role_assignments: theirs,
      groups: member,
      application_credentials: hasRoles ? await applicationCredentialsOf(cloud, userId) : [],
      trusts: trusts.get(userId) ?? [],
    };
  };
}

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
