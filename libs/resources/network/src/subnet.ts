import { equalJson } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, network as api, pick } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { given } from './given.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { network } from './network.ts';
import { subnetPorts } from './subnet-ports.ts';
import { tagTwin } from './tags.ts';
import { turnOnDhcp, waitsForPorts } from './turn-on-dhcp.ts';

/** A Neutron subnet: one range of addresses of one network. */
export const subnet = defineResource({
  type: 'subnet',
  summary: 'A range of addresses of a network.',
  api: api('/subnets', 'subnet'),

  source: z.object({
    id: z.string(),
    project_id: z.string(),
    network_id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    cidr: z.string(),
    ip_version: z.union([z.literal(4), z.literal(6)]),
    gateway_ip: z.string().nullable(),
    enable_dhcp: z.boolean(),
    allocation_pools: z.array(z.object({ start: z.string(), end: z.string() })),
    host_routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })),
    dns_nameservers: z.array(z.string()),
    ipv6_address_mode: z.string().nullish(),
    ipv6_ra_mode: z.string().nullish(),
    service_types: z.array(z.string()).optional(),
    dns_publish_fixed_ip: z.boolean().optional(),
    tags: z.array(z.string()).optional(),
    /** Those in it that are copied: what the listing lacks. */
    ports: z.array(z.string()).optional(),
  }),

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    network: { of: network, id: (s) => s.network_id, parent: true },
  },

  links: { ports: { of: { type: 'port' }, ids: (s) => s.ports ?? [] } },

  filters: ['project_id', 'network_id'],
  enrich: subnetPorts,

  create: (s, to, { policy, extensions }) => ({
    project_id: to.project,
    network_id: to.network,
    // An explicit null means "no gateway"; leaving it out would make Neutron pick one.
    ...pick(s, 'name', 'cidr', 'ip_version', 'gateway_ip'),
    enable_dhcp: waitsForPorts(s) ? false : s.enable_dhcp,
    ...pick(s, 'allocation_pools', 'host_routes', 'dns_nameservers'),
    ...given(s, 'description', 'ipv6_address_mode', 'ipv6_ra_mode'),
    // Only an administrator may say so, even where it says nothing new.
    ...(policy.multitenant_mode && extensions.has('subnet-service-types') ? pick(s, 'service_types') : {}),
    ...(extensions.has('subnet-dns-publish-fixed-ip') ? pick(s, 'dns_publish_fixed_ip') : {}),
  }),

  // Neutron refuses overlapping ranges within a network, so the pair names at most one subnet.
  adopt: {
    unique: (s, to) => {
      const key = { network_id: to.network, cidr: s.cidr };
      return { query: key, match: key };
    },
    marker: 'description',
  },

  steps: ['create', turnOnDhcp],
  expect: (s) => pick(s, 'enable_dhcp'),

  // Resolvers are asked in their order; all other lists are sets.
  same: { dns_nameservers: equalJson },

  finish: (s, _to, twin, context) => tagTwin('subnets', s.tags, twin, context),

  drop: {
    ...madeByNeutron,
    ports: mapped('each port is migrated by itself'),
    subnetpool_id: lost('the range that the pool gave is carried; pools are not migrated yet'),
    segment_id: lost('segments of routed networks are not migrated yet'),
    'router:external': impossible('it follows from the network'),
  },
});
