import { isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, mapped, network as api, pick, type Request, type Twin } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { given } from './given.ts';
import { listOwn } from './list-own.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { ruleKey } from './rule-key.ts';
import { tagTwin } from './tags.ts';

const Source = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  stateful: z.boolean().optional(),
  security_group_rules: z.array(z.record(z.string(), z.json())),
  tags: z.array(z.string()).optional(),
});

const securityGroups = api('/security-groups', 'security_group');

/** A Neutron security group. Its twin lets through what it lets through, no less and no more. */
export const securityGroup = defineResource({
  type: 'security-group',
  summary: 'A set of rules about what may reach ports and what they may reach.',
  api: securityGroups,
  listAll: listOwn(securityGroups),
  source: Source,

  needs: { project: { of: project, id: (s) => s.project_id, owner: true } },
  filters: ['project_id'],

  create: (s, to, { extensions }) => ({
    project_id: to.project,
    name: s.name,
    ...given(s, 'description'),
    ...(extensions.has('stateful-security-group') ? pick(s, 'stateful') : {}),
  }),

  // Each project has one group of the name `default`: Neutron makes it when somebody lists the project's groups. Of all
  // other names there may be many.
  adopt: (s) =>
    s.name === 'default'
      ? {
          unique: (group, to) => {
            const key = { name: group.name, ...(to.project == null ? {} : { project_id: to.project }) };
            return { query: key, match: key };
          },
        }
      : { marker: 'description' },

  finish: (s, _to, twin, context) => [
    ...removeExtraRules(s, twin),
    ...tagTwin('security-groups', s.tags, twin, context),
  ],

  drop: {
    ...madeByNeutron,
    security_group_rules: mapped('its members: each rule is migrated by itself, and rules that it lacks are removed'),
    shared: impossible('it follows from access policies, which other projects may have made'),
  },
});

/**
 * Neutron gives every new group two rules that let all traffic out, and to `default` groups what its templates say. Those
 * that the source lacks are removed; a group that others made keeps its rules, unless it is a project's `default`.
 */
const removeExtraRules = (s: z.infer<typeof Source>, twin: Twin): readonly Request[] => {
  if (twin.reused && s.name !== 'default') return [];
  const wanted = new Set(s.security_group_rules.map((rule) => ruleKey(rule, s.id)));
  return rulesOf(twin.body)
    .filter((rule) => !wanted.has(ruleKey(rule, twin.id)))
    .map((rule) => ({ method: 'DELETE', path: `/security-group-rules/${String(rule['id'])}`, accept: [404] }));
};

const rulesOf = (group: JsonObject): readonly JsonObject[] => {
  const rules = group['security_group_rules'];
  return Array.isArray(rules) ? rules.filter(isJsonObject) : [];
};
