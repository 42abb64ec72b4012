import { defineResource, impossible, network as api, pick } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { addressGroup } from './address-group.ts';
import { given } from './given.ts';
import { listOwn } from './list-own.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { refuseWithout } from './refuse-without.ts';
import { samePrefix, sameProtocol } from './rule-key.ts';
import { securityGroup } from './security-group.ts';

const Source = z.object({
  id: z.string(),
  project_id: z.string(),
  security_group_id: z.string(),
  direction: z.string(),
  ethertype: z.string(),
  protocol: z.string().nullable(),
  port_range_min: z.number().nullable(),
  port_range_max: z.number().nullable(),
  remote_ip_prefix: z.string().nullable(),
  remote_group_id: z.string().nullable(),
  remote_address_group_id: z.string().nullish(),
  description: z.string().nullish(),
});

const rules = api('/security-group-rules', 'security_group_rule');

/** A rule of a Neutron security group. Rules cannot be changed: not even their description. */
export const securityGroupRule = defineResource({
  type: 'security-group-rule',
  summary: 'One kind of traffic that a security group lets through.',
  api: rules,
  listAll: listOwn(rules),
  source: Source,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    group: { of: securityGroup, id: (s) => s.security_group_id, parent: true },
    // Groups come before rules, so groups that name each other, or themselves, are no circle.
    // Neutron deletes with a group the rules of other groups that name it.
    remote_group: { of: securityGroup, id: (s) => s.remote_group_id, goesWith: true },
    address_group: { of: addressGroup, id: (s) => s.remote_address_group_id },
  },

  filters: ['project_id', 'security_group_id'],
  name: (s) => s.description ?? null,

  create: (s, to, { extensions }) => {
    // To leave the address group out would let every address through.
    const remote = s.remote_address_group_id;
    const what = `security-group-rule ${s.id}, which names address-group ${String(remote)}`;
    if (remote != null) refuseWithout('security-groups-remote-address-group', extensions, what);
    return {
      project_id: to.project,
      security_group_id: to.group,
      remote_group_id: to.remote_group,
      ...(remote == null ? {} : { remote_address_group_id: to.address_group }),
      // The ports of ICMP are its type and code, of which 0 is one; null is any.
      ...pick(s, 'direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_ip_prefix'),
      ...given(s, 'description'),
    };
  },

  // Neutron refuses a second rule that lets through the same. There is no room for a marker: it cannot be taken out of a
  // rule again (a PUT answers 500).
  adopt: {
    unique: (s, to) => {
      const group = { security_group_id: to.group };
      const tuple = pick(
        s,
        'direction',
        'ethertype',
        'protocol',
        'port_range_min',
        'port_range_max',
        'remote_ip_prefix',
      );
      const remote = { remote_group_id: to.remote_group ?? null, remote_address_group_id: to.address_group ?? null };
      return { query: group, match: { ...group, ...tuple, ...remote } };
    },
  },

  same: {
    protocol: sameProtocol,
    remote_ip_prefix: samePrefix,
    // Neutron's own rules have none, and none can be given but an empty one.
    description: (expected, actual) => (expected ?? '') === (actual ?? ''),
  },

  drop: {
    ...madeByNeutron,
    normalized_cidr: impossible('Neutron makes it of remote_ip_prefix'),
    standard_attr_id: impossible('the row of Neutron in its own database'),
    belongs_to_default_sg: impossible('it follows from the group'),
    tags: impossible('Neutron has no tags on rules, though it shows the attribute'),
  },
});
