import { type JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, network as api, pick, type Policy } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { given } from './given.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { makeRoom } from './make-room.ts';
import { listOwn } from './list-own.ts';
import { network } from './network.ts';
import { sameAddresses, samePairs } from './port-comparison.ts';
import { portRelations } from './port-relations.ts';
import { ruleOf } from './port-rules.ts';
import { PortSource, type PortAttributes } from './port-source.ts';
import { securityGroup } from './security-group.ts';
import { subnet } from './subnet.ts';
import { tagTwin } from './tags.ts';

const ports = api('/ports', 'port');

/** A Neutron port that a tenant made, or one of a server. Ports that services make are left to them: `portRules`. */
export const port = defineResource({
  type: 'port',
  summary: 'A connection to a network, with its addresses.',
  api: ports,
  listAll: listOwn(ports),
  source: PortSource,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    network: { of: network, id: (s) => s.network_id, parent: true },
    subnets: { of: subnet, ids: (s) => s.fixed_ips.map(({ subnet_id }) => subnet_id) },
    groups: { of: securityGroup, ids: (s) => s.security_groups },
    // They lead to me: their twins are there before me, and are tied when I am.
    floating_ips: {
      of: { type: 'floating-ip' },
      ids: (s) => s.floating_ips,
      when: (policy) => policy.preserve_port_floating_ip,
    },
  },
  // A subnet serves DHCP only when its ports are there, so I begin when its twin is known, and not when it is done.
  links: { dhcp: { of: subnet, ids: (s) => s.fixed_ips.map(({ subnet_id }) => subnet_id) } },

  filters: ['project_id', 'network_id', 'device_id', 'device_owner'],
  eligible: (s) => ruleOf(pick(s, 'device_owner', 'device_id', 'name')).isCopied,
  enrich: portRelations,

  create: (s, to, { policy, extensions }) => ({
    project_id: to.project,
    network_id: to.network,
    ...pick(s, 'name', 'admin_state_up'),
    ...given(s, 'description'),
    fixed_ips: addressesAsked(s, to.subnets, policy),
    ...(policy.preserve_port_mac_address ? pick(s, 'mac_address') : {}),
    // Empty lists are sent: without one Neutron would put the port into the project's default group.
    security_groups: s.security_groups.map((id) => to.groups(id)),
    ...(extensions.has('port-security') ? pick(s, 'port_security_enabled') : {}),
    ...(extensions.has('allowed-address-pairs') ? { allowed_address_pairs: pairsAsked(s) } : {}),
    ...(extensions.has('extra_dhcp_opt') ? pick(s, 'extra_dhcp_opts') : {}),
    ...(extensions.has('binding') ? pick(s, 'binding:vnic_type') : {}),
    ...(extensions.has('dns-integration') ? pick(s, 'dns_name') : {}),
    ...(extensions.has('dns-domain-ports') ? pick(s, 'dns_domain') : {}),
    ...(extensions.has('uplink-status-propagation') ? pick(s, 'propagate_uplink_status') : {}),
    ...(extensions.has('port-hardware-offload-type') ? given(s, 'hardware_offload_type') : {}),
    // Only an administrator may say so.
    ...(policy.multitenant_mode && extensions.has('port-numa-affinity-policy') ? given(s, 'numa_affinity_policy') : {}),
    ...(policy.multitenant_mode && extensions.has('port-trusted-vif') ? trustOf(s) : {}),
  }),

  adopt: { marker: 'description' },

  steps: [makeRoom, 'create'],

  finish: (s, _to, twin, context) => tagTwin('ports', s.tags, twin, context),

  // Nova writes the name of the server that takes a port into it, and empties it again when the server lets it go.
  follows: { dns_name: ['device_id'] },
  same: { fixed_ips: sameAddresses, allowed_address_pairs: samePairs },

  dropWhen: (s, policy) => ({
    ...(policy.preserve_port_mac_address
      ? {}
      : { mac_address: impossible('each cloud gives its own MAC addresses unless preserve_port_mac_address is set') }),
    ...(s['binding:profile'] === undefined || Object.keys(s['binding:profile']).length === 0
      ? {}
      : {
          'binding:profile': lost('since 2023.2 only Nova may write it; its PCI slot is one of a host of the source'),
        }),
  }),
  drop: {
    ...madeByNeutron,
    device_id: mapped('an instance takes its own ports'),
    device_owner: mapped('an instance takes its own ports'),
    automatic_subnets: mapped('in these subnets the address follows from the MAC address of the twin'),
    floating_ips: mapped('each floating IP is migrated by itself, and tied to the twin'),
    qos_policy_id: lost('QoS policies are not migrated yet'),
    qos_network_policy_id: impossible('it follows from the network'),
    trunk_details: lost('trunks are not migrated yet'),
    device_profile: lost('accelerators of Cyborg are not migrated'),
    hints: lost('hints for a back-end of the source mean nothing to another one'),
    resource_request: impossible('it follows from the QoS policies'),
    ip_allocation: impossible('it follows from the addresses and from where the port is bound'),
    dns_assignment: impossible('it follows from the addresses and from the domain of the destination'),
    'binding:host_id': impossible('each cloud places its servers itself'),
    'binding:vif_type': impossible('it follows from the network driver of the destination'),
    'binding:vif_details': impossible('it follows from the network driver of the destination'),
  },
});

/** Neutron refuses an address where it makes it itself of the MAC address; there the subnet alone is named. */
const addressesAsked = (
  s: PortAttributes,
  to: (subnetId: string) => string,
  { preserve_port_fixed_ips }: Policy,
): readonly JsonObject[] =>
  s.fixed_ips.map(({ subnet_id, ip_address }) =>
    preserve_port_fixed_ips && !s.automatic_subnets.includes(subnet_id)
      ? { subnet_id: to(subnet_id), ip_address }
      : { subnet_id: to(subnet_id) },
  );

/** A pair that names the port's own MAC address shall name the twin's: Neutron fills that in where none is said. */
const pairsAsked = (s: PortAttributes): readonly JsonObject[] | undefined =>
  s.allowed_address_pairs?.map(({ ip_address, mac_address }) =>
    mac_address === undefined || mac_address === s.mac_address ? { ip_address } : { ip_address, mac_address },
  );

/** Whether a virtual function may do as it likes: an attribute of its own in newer releases, in the profile of older ones. */
const trustOf = (s: PortAttributes): { readonly trusted?: boolean } => {
  if (s.trusted !== undefined) return { trusted: s.trusted };
  const said = s['binding:profile']?.['trusted'];
  return said === undefined ? {} : { trusted: said === true || String(said).toLowerCase() === 'true' };
};
