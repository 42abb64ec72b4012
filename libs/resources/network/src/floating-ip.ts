import { defineResource, lost, mapped, network as api, pick, type Context } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { chooseAddress } from './choose-address.ts';
import { connectFloatingIp } from './connect-floating-ip.ts';
import { balancerOf, FloatingIpSource } from './floating-ip-source.ts';
import { given } from './given.ts';
import { listOwn } from './list-own.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { network } from './network.ts';
import { router } from './router.ts';
import { tagTwin } from './tags.ts';

const floatingIps = api('/floatingips', 'floatingip');

/** A Neutron floating IP: an address outside that leads to a port, or that a tenant keeps for later. */
export const floatingIp = defineResource({
  type: 'floating-ip',
  summary: 'An address outside that leads to a port.',
  api: floatingIps,
  listAll: listOwn(floatingIps, 'router'),
  source: FloatingIpSource,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    network: { of: network, id: (s) => s.floating_network_id },
    router: { of: router, id: (s) => s.router_id },
  },
  // Neutron ties it only where a router leads from the port to the outside: the way comes first.
  links: {
    way: { of: router, ids: (s) => (s.router_id === null ? [] : [s.router_id]) },
    port: { of: { type: 'port' }, ids: (s) => (s.port_id === null || balancerOf(s) !== undefined ? [] : [s.port_id]) },
    balancer: { of: { type: 'load-balancer' }, ids: (s) => (s.port_id === null ? [] : [balancerOf(s) ?? []].flat()) },
  },

  filters: ['project_id', 'floating_network_id', 'router_id'],
  name: (s) => s.floating_ip_address,

  create: (s, to, context) => ({
    project_id: to.project,
    floating_network_id: to.network,
    ...(keepsAddress(context) ? pick(s, 'floating_ip_address') : {}),
    ...given(s, 'description'),
    ...(context.extensions.has('dns-integration') ? pick(s, 'dns_name', 'dns_domain') : {}),
  }),

  adopt: { marker: 'description' },

  steps: [chooseAddress, 'create', connectFloatingIp],

  finish: (s, _to, twin, context) => tagTwin('floatingips', s.tags, twin, context),

  // Where what it leads to has no twin it is not tied; a load balancer's port is known only when it is.
  expect: (s, to, { outputs }) => {
    const { port_id = null, fixed_ip_address = null } = outputs['connect'] ?? {};
    if (s.port_id === null || s.fixed_ip_address === null || port_id === null) return untied;
    const port = balancerOf(s) === undefined ? (to.port(s.port_id) ?? null) : port_id;
    return { port_id: port, fixed_ip_address, router_id: to.router ?? null };
  },

  dropWhen: (_s, policy) => ({
    ...(policy.preserve_port_floating_ip_address && policy.multitenant_mode
      ? {}
      : { floating_ip_address: mapped('the pool gives one: only administrators may choose it, by policy') }),
  }),
  drop: {
    ...madeByNeutron,
    floating_ip_address: lost('the pool of the destination does not hold it, or somebody else has it there'),
    port_details: mapped('it shows the port'),
    port_forwardings: lost('port forwardings are not migrated yet'),
    qos_policy_id: lost('QoS policies are not migrated yet'),
  },
});

const untied = { port_id: null, fixed_ip_address: null, router_id: null };

/** Only an administrator may choose an address. */
const keepsAddress = ({ policy, outputs }: Context): boolean =>
  policy.multitenant_mode &&
  policy.preserve_port_floating_ip_address &&
  outputs['choose-address']?.['address'] !== 'own';
