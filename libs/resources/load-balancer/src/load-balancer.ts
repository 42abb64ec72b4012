import { traceOf, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, madeByTheCloud, mapped, pick } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { secret, secretContainer } from '@osm/resources/key-manager';
import { network, securityGroup, subnet } from '@osm/resources/network';
import { keyIds } from './key-refs.ts';
import { LoadBalancerSource, type LoadBalancerAttributes } from './load-balancer-source.ts';
import { stateOf } from './load-balancer-state.ts';
import { populated } from './populated.ts';
import { readGraph } from './read-graph.ts';
import { samePartsAs, shapeOf } from './same-graph.ts';
import { settleTwin } from './settle-twin.ts';
import { providerLike, surveyDestination } from './survey-destination.ts';
import { twinGraph, type Ends } from './twin-graph.ts';

/** A load balancer of Octavia with all that belongs to it, made by one request. */
export const loadBalancer = defineResource({
  type: 'load-balancer',
  summary: 'A virtual address with its listeners, policies and rules, pools, members and health monitors.',
  api: {
    service: 'load-balancer',
    path: '/lbaas/loadbalancers',
    one: 'loadbalancer',
    many: 'loadbalancers',
    update: 'PUT',
    // Octavia removes what has parts only when it is told `cascade`; to read, the word does no harm.
    locate: (id) => ({ path: `/lbaas/loadbalancers/${encodeURIComponent(id)}`, query: { cascade: 'true' } }),
  },
  source: LoadBalancerSource,
  filters: ['project_id', 'provider', 'vip_address', 'vip_subnet_id', 'vip_network_id', 'availability_zone'],
  enrich: readGraph,
  // Octavia reads certificates with the token of who asks, and Barbican shows them to members of their project only.
  actsInProject: true,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    vip_network: { of: network, id: (s) => s.vip_network_id },
    vip_subnet: { of: subnet, id: (s) => s.vip_subnet_id },
    vip_security_groups: { of: securityGroup, ids: (s) => s.vip_sg_ids ?? [] },
    additional_subnets: { of: subnet, ids: (s) => (s.additional_vips ?? []).map(({ subnet_id }) => subnet_id) },
    member_subnets: { of: subnet, ids: (s) => memberSubnets(s) },
    containers: { of: secretContainer, ids: (s) => keyIds(s, 'secret-container') },
    secrets: { of: secret, ids: (s) => keyIds(s, 'secret') },
  },

  create: (s, to, { policy, outputs: { survey = {} } }) => ({
    project_id: to.project,
    ...pick(s, 'name', 'description', 'admin_state_up', 'vip_address'),
    // In the same request: what an interrupted one has made is found by it. `settle` takes it away again.
    tags: [...(s.tags ?? []), traceOf({ type: 'load-balancer', id: s.id })],
    // The default one where the destination has no such provider.
    provider: providerLike(s.provider, survey),
    vip_network_id: to.vip_network ?? undefined,
    vip_subnet_id: to.vip_subnet ?? undefined,
    vip_sg_ids: groupsOf(s, to),
    additional_vips: addressesOf(s, to),
    availability_zone:
      policy.preserve_load_balancer_availability_zone && s.availability_zone != null ? s.availability_zone : undefined,
    ...populated(twinGraph(s, endsOf(to, survey))),
  }),

  adopt: {
    traces: (s, to) => ({
      query: to.vip_subnet == null ? {} : { vip_subnet_id: to.vip_subnet },
      matches: ({ tags }) => Array.isArray(tags) && tags.includes(traceOf({ type: 'load-balancer', id: s.id })),
    }),
  },

  ready: stateOf,

  steps: [surveyDestination, 'create', settleTwin],

  expect: (s, to, { outputs: { survey = {} } }) => {
    const { listeners, pools } = twinGraph(s, endsOf(to, survey));
    return { tags: s.tags ?? [], listeners: shapeOf(listeners), pools: shapeOf(pools) };
  },
  same: { listeners: samePartsAs, pools: samePartsAs },

  dropWhen: (_s, policy) =>
    policy.preserve_load_balancer_availability_zone
      ? {}
      : {
          availability_zone: lost(
            'zones are those of the destination unless preserve_load_balancer_availability_zone is set',
          ),
        },
  drop: {
    ...madeByTheCloud,
    tenant_id: mapped('the older name of project_id'),
    provisioning_status: impossible('the state of the moment'),
    operating_status: impossible('what the monitors see at the moment'),
    vip_port_id: impossible('Octavia makes the port of the address itself'),
    vip_qos_policy_id: lost('QoS policies are not migrated yet'),
    vip_vnic_type: impossible('follows from the flavor of the destination'),
    flavor_id: lost('flavors of load balancers are the operators’ own and have no twins'),
  },
  volatile: ['updated_at', 'operating_status', 'provisioning_status'],
});

const memberSubnets = ({ pools }: LoadBalancerAttributes): readonly string[] =>
  pools.flatMap(({ members }) => members.flatMap(({ subnet_id }) => (subnet_id == null ? [] : [subnet_id])));

/** Left out where there are none: older releases do not know the attribute. */
const groupsOf = (
  s: LoadBalancerAttributes,
  to: { vip_security_groups(id: string): string },
): readonly string[] | undefined =>
  s.vip_sg_ids == null || s.vip_sg_ids.length === 0 ? undefined : s.vip_sg_ids.map((id) => to.vip_security_groups(id));

const addressesOf = (
  s: LoadBalancerAttributes,
  to: { additional_subnets(id: string): string },
): readonly JsonObject[] | undefined =>
  s.additional_vips?.map(({ subnet_id, ip_address }) => ({
    subnet_id: to.additional_subnets(subnet_id),
    ...(ip_address == null ? {} : { ip_address }),
  }));

const endsOf = (to: Omit<Ends, 'keys'>, survey: JsonObject): Ends => ({
  member_subnets: (id) => to.member_subnets(id),
  containers: (id) => to.containers(id),
  secrets: (id) => to.secrets(id),
  keys: typeof survey['keys'] === 'string' ? survey['keys'] : undefined,
});
