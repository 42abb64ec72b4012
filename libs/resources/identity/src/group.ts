import type { JsonObject } from '@osm/kernel';
import { defineResource, identity, madeByTheCloud, pick, type Cloud } from '@osm/resource';
import { z } from 'zod';
import { assign } from './assign.ts';
import { domain } from './domain.ts';
import { allGroups, membersByGroup } from './memberships.ts';
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
import { user } from './user.ts';

/** A Keystone group, with its users and the roles that they have through it. */
export const group = defineResource({
  type: 'group',
  summary: 'Users who have roles together.',
  api: identity('/groups', 'group'),

  source: z.object({
    id: z.string(),
    name: z.string(),
    domain_id: z.string(),
    description: z.string().nullish(),
    members: z.array(z.string()).optional(),
    role_assignments: z.array(RoleAssignment).optional(),
  }),

  needs: {
    domain: { of: domain, id: (s) => s.domain_id, parent: true },
    roles: { of: role, ids: assignedRoles },
  },
  // Users may be of other domains, and come before the group or after it.
  links: {
    members: { of: user, ids: (s) => s.members ?? [], member: true },
    projects: { of: project, ids: assignedProjects },
    domains: { of: domain, ids: assignedDomains },
  },
  filters: ['domain_id'],
  listAll: allGroups,
  enrich: withMembersAndRoles,

  create: (s, to) => ({ domain_id: to.domain, ...pick(s, 'name', 'description') }),
  adopt: {
    unique: (s, to) => {
      const key = { name: s.name, domain_id: to.domain };
      return { query: key, match: key };
    },
    marker: 'description',
  },
  steps: ['create', assign('group')],
  expect: (s, to) => ({
    members: s.members?.map((id) => to.members(id) ?? null),
    role_assignments: expectedAssignments(s, to),
  }),
  same: { role_assignments: sameAssignments },

  drop: {
    id: madeByTheCloud.id,
    links: madeByTheCloud.id,
  },
});

async function withMembersAndRoles(cloud: Cloud, id?: string): Promise<(item: JsonObject) => JsonObject> {
  const [members, assignments] = await Promise.all([
    membersByGroup(cloud, id),
    listRoleAssignments(cloud, 'group', id),
  ]);
  return (item) => ({
    members: members.get(String(item['id'])) ?? [],
    role_assignments: assignmentsOf(assignments, item),
  });
}
