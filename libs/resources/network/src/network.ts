import { Failure } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, network as api, pick, type Policy } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { given } from './given.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { tagTwin } from './tags.ts';

const Source = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  admin_state_up: z.boolean(),
  shared: z.boolean().optional(),
  mtu: z.number().optional(),
  port_security_enabled: z.boolean().optional(),
  dns_domain: z.string().optional(),
  vlan_transparent: z.boolean().nullish(),
  availability_zone_hints: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  'router:external': z.boolean().optional(),
  'provider:network_type': z.string().nullish(),
  'provider:physical_network': z.string().nullish(),
  'provider:segmentation_id': z.number().nullish(),
  segments: z.array(z.unknown()).nullish(),
});

/** A Neutron network of a tenant. Networks that stand for a wire of the datacentre are mapped by a person, never made. */
export const network = defineResource({
  type: 'network',
  summary: 'A layer 2 network of a tenant.',
  api: api('/networks', 'network'),
  source: Source,

  needs: { project: { of: project, id: (s) => s.project_id, owner: true } },

  filters: ['project_id'],
  // Those without an owner are Neutron's own: the networks of highly available routers.
  eligible: (s) => s.project_id !== '',

  create: (s, to, { policy, extensions }) => {
    refuseWires(s, policy);
    return {
      project_id: to.project,
      ...pick(s, 'name', 'admin_state_up'),
      ...given(s, 'description'),
      // Only an administrator may say so, even where it says nothing new.
      ...(policy.multitenant_mode ? pick(s, 'shared') : {}),
      ...(extensions.has('port-security') ? pick(s, 'port_security_enabled') : {}),
      ...(extensions.has('dns-integration') ? pick(s, 'dns_domain') : {}),
      ...(extensions.has('vlan-transparent') ? given(s, 'vlan_transparent') : {}),
      ...(policy.preserve_network_availability_zone && extensions.has('network_availability_zone')
        ? pick(s, 'availability_zone_hints')
        : {}),
      ...(policy.preserve_network_segmentation_id
        ? given(s, 'provider:network_type', 'provider:physical_network', 'provider:segmentation_id')
        : {}),
    };
  },

  adopt: { marker: 'description' },

  // The largest MTU of the destination is known only once the twin is there; a larger one would be refused.
  finish: (s, _to, twin, context) => {
    const largest = twin.body['mtu'];
    const smaller = s.mtu !== undefined && typeof largest === 'number' && s.mtu < largest;
    return [
      ...(smaller && !twin.reused && context.extensions.has('net-mtu-writable')
        ? [{ method: 'PUT', path: `/networks/${twin.id}`, body: { network: { mtu: s.mtu } } } as const]
        : []),
      ...tagTwin('networks', s.tags, twin, context),
    ];
  },

  drop: {
    ...madeByNeutron,
    mtu: impossible('tunnels of the destination may leave less room: the smaller of both is taken'),
    subnets: mapped('its members: each subnet is migrated by itself'),
    availability_zone_hints: lost(
      'zones are those of the destination unless preserve_network_availability_zone is set',
    ),
    availability_zones: impossible('where the destination has put its agents'),
    'provider:network_type': impossible('the destination chooses the kind of tunnel of a tenant network'),
    'provider:physical_network': impossible('the destination chooses the wires of a tenant network'),
    'provider:segmentation_id': impossible(
      'the destination numbers tenant networks by itself unless preserve_network_segmentation_id is set',
    ),
    segments: impossible('the destination chooses the segments of a tenant network'),
    is_default: lost('which network is the default one is for the destination to say'),
    qos_policy_id: lost('QoS policies are not migrated yet'),
    ipv4_address_scope: lost('it comes with the subnet pool, and pools are not migrated yet'),
    ipv6_address_scope: lost('it comes with the subnet pool, and pools are not migrated yet'),
    l2_adjacency: impossible('it follows from the segments that the destination has chosen'),
  },
});

/** Whoever makes a second one of these makes two gateways answer for one range of addresses, or joins two wires. */
const refuseWires = (s: z.infer<typeof Source>, policy: Policy): void => {
  const type = s['provider:network_type'];
  if (s['router:external'] === true) throw mapFirst(s, 'it is external: it leads out of the cloud');
  if (s.segments != null && s.segments.length > 0) throw mapFirst(s, 'it has several segments');
  if (type === 'flat') throw mapFirst(s, `it is the wire ${String(s['provider:physical_network'])} itself`);
  if (type === 'vlan' && !policy.preserve_network_segmentation_id) {
    const vlan = `VLAN ${String(s['provider:segmentation_id'])} of ${String(s['provider:physical_network'])}`;
    throw mapFirst(s, `it is ${vlan}`, ', or set preserve_network_segmentation_id to have the same VLAN used');
  }
};

const mapFirst = (s: z.infer<typeof Source>, why: string, otherwise = ''): Failure =>
  new Failure('map-first', `cannot create a twin of network ${s.id} (${s.name}): ${why}`, {
    remedy:
      'Choose or make its counterpart at the destination and name it: ' +
      `openstack-migrate register-external --resource-type network ${s.id} <id at the destination>${otherwise}.`,
  });
