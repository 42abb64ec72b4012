import type { JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, network as api, pick, type Request } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { connectRouter } from './connect-router.ts';
import { given } from './given.ts';
import { listOwn } from './list-own.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { network } from './network.ts';
import { gatewayAddresses, RouterSource, type RouterAttributes } from './router-source.ts';
import { sameGateway, sameInterfaces } from './router-comparison.ts';
import { routerInterfaces } from './router-interfaces.ts';
import { subnet } from './subnet.ts';
import { tagTwin } from './tags.ts';

const routers = api('/routers', 'router');

/** A Neutron router, with its gateway, its interfaces and its routes. */
export const router = defineResource({
  type: 'router',
  summary: 'What connects subnets with each other and with the outside.',
  api: routers,
  listAll: listOwn(routers, 'router'),
  source: RouterSource,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    gateway_network: { of: network, id: (s) => s.external_gateway_info?.network_id },
    gateway_subnets: {
      of: subnet,
      ids: (s) => gatewayAddresses(s).map(({ subnet_id }) => subnet_id),
      optional: true,
    },
  },
  links: { interfaces: { of: subnet, ids: (s) => s.interfaces.map(({ subnet_id }) => subnet_id), member: true } },

  filters: ['project_id'],
  enrich: routerInterfaces,

  // Without gateway: making one here would take an address that may belong to somebody. `connect` asks for the right one.
  create: (s, to, { policy, extensions }) => ({
    project_id: to.project,
    ...pick(s, 'name', 'admin_state_up'),
    ...given(s, 'description'),
    // Only an administrator may say so. OVN has neither; Neutron refuses what is not declared.
    ...(policy.multitenant_mode && extensions.has('l3-ha') ? given(s, 'ha') : {}),
    ...(policy.multitenant_mode && extensions.has('dvr') ? given(s, 'distributed') : {}),
    ...(policy.preserve_router_availability_zone && extensions.has('router_availability_zone')
      ? pick(s, 'availability_zone_hints')
      : {}),
  }),

  adopt: { marker: 'description' },

  steps: ['create', connectRouter],

  finish: (s, _to, twin, context) => tagTwin('routers', s.tags, twin, context),

  expect: (s, to, { policy, outputs }) => ({
    external_gateway_info: expectedGateway(
      s,
      to,
      policy.preserve_router_ip && outputs['connect']?.['address'] !== 'own',
    ),
    interfaces: s.interfaces.map(({ subnet_id, ip_address }) => ({
      subnet_id: to.interfaces(subnet_id) ?? null,
      ip_address,
    })),
    ...pick(s, 'routes'),
  }),

  same: { external_gateway_info: sameGateway, interfaces: sameInterfaces },

  remove: (s) => removeTies(s),

  dropWhen: (s) => ({
    external_gateways:
      (s.external_gateways ?? []).length > 1
        ? lost('of several gateways only the first one is carried')
        : mapped('the newer form of external_gateway_info, which is carried'),
  }),
  drop: {
    ...madeByNeutron,
    availability_zone_hints: lost('zones are those of the destination unless preserve_router_availability_zone is set'),
    availability_zones: impossible('where the destination has put its agents'),
    flavor_id: lost('router flavors are not migrated yet'),
    conntrack_helpers: lost('conntrack helpers are not migrated yet'),
    enable_ndp_proxy: lost('NDP proxies are not migrated yet'),
    enable_default_route_bfd: lost('it belongs to routers with several gateways, of which one is carried'),
    enable_default_route_ecmp: lost('it belongs to routers with several gateways, of which one is carried'),
  },
});

/** The gateway as the twin shall show it; addresses only where they are kept. */
const expectedGateway = (
  s: RouterAttributes,
  to: { readonly gateway_network: string | null | undefined; gateway_subnets(id: string): string | undefined },
  keepsAddresses: boolean,
): JsonObject | null => {
  const gateway = s.external_gateway_info;
  if (gateway == null) return null;
  const addresses = gatewayAddresses(s).flatMap(({ subnet_id, ip_address }) => {
    const twin = to.gateway_subnets(subnet_id);
    return twin === undefined ? [] : [{ subnet_id: twin, ip_address }];
  });
  const known = addresses.length > 0 && addresses.length === gatewayAddresses(s).length;
  return {
    network_id: to.gateway_network ?? null,
    ...given(gateway, 'enable_snat', 'qos_policy_id'),
    ...(keepsAddresses && known ? { external_fixed_ips: addresses } : {}),
  };
};

/** A router goes only when nothing is tied to it: routes before the interfaces that they lead through. */
const removeTies = (s: RouterAttributes): readonly Request[] => {
  const change = (router: JsonObject): Request => ({
    method: 'PUT',
    path: `/routers/${s.id}`,
    body: { router },
    accept: [404],
  });
  return [
    change({ routes: [] }),
    ...[...new Set(s.interfaces.map(({ port_id }) => port_id))].map((port_id): Request => ({
      method: 'PUT',
      path: `/routers/${s.id}/remove_router_interface`,
      body: { port_id },
      accept: [404],
    })),
    change({ external_gateway_info: {} }),
  ];
};
