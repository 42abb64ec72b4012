import { equalJson } from '@osm/kernel';
import { defineResource, identity, impossible, madeByTheCloud, pick } from '@osm/resource';
import { z } from 'zod';
import { branchEnabled, closeBranch, isLoanMark, openBranch } from './branch.ts';
import { grantSource, revokeSource } from './borrow-role-at-source.ts';
import { grant, revoke } from './borrow-role.ts';
import { domain } from './domain.ts';
import { freezeLast } from './freeze-last.ts';

/** A Keystone project: what owns resources; projects nest within their domain. */
export const project = defineResource({
  type: 'project',
  summary: 'What owns resources: a tenant.',
  api: identity('/projects', 'project'),

  source: z.object({
    id: z.string(),
    name: z.string(),
    domain_id: z.string(),
    parent_id: z.string().nullish(),
    description: z.string().nullish(),
    enabled: z.boolean(),
    is_domain: z.boolean().optional(),
    tags: z.array(z.string()).optional(),
    options: z.record(z.string(), z.json()).optional(),
    branch_enabled: z.boolean().optional(),
  }),

  needs: {
    domain: { of: domain, id: (s) => s.domain_id, parent: true },
    // A project at the top of its domain shows the domain as its parent.
    parent: { of: 'self', id: (s) => (s.parent_id === s.domain_id ? null : s.parent_id), parent: true },
  },
  filters: ['domain_id', 'parent_id', 'enabled'],
  eligible: (s) => s.is_domain !== true,
  enrich: branchEnabled,

  create: (s, to) => ({
    domain_id: to.domain,
    parent_id: to.parent ?? to.domain,
    ...pick(s, 'name', 'description', 'enabled', 'is_domain', 'tags'),
  }),
  adopt: {
    unique: (s, to) => {
      const key = { name: s.name, domain_id: to.domain };
      return { query: key, match: key };
    },
    marker: 'description',
  },
  finish: (s, _to, twin) => freezeLast('project', `/projects/${twin.id}`, s, twin),
  // Both may carry marks of what somebody borrows at this moment.
  same: { tags: (expected, actual) => equalJson(ownTags(expected), ownTags(actual)) },

  steps: [openBranch, 'create', closeBranch],
  auxiliary: [grant, revoke, grantSource, revokeSource],

  drop: {
    id: madeByTheCloud.id,
    links: madeByTheCloud.id,
    branch_enabled: impossible('what the projects above it and the domain say; it is compared there'),
  },
});

function ownTags(tags: unknown): unknown {
  return Array.isArray(tags)
    ? tags
        .map(String)
        .filter((tag) => !isLoanMark(tag))
        .sort()
    : tags;
}
