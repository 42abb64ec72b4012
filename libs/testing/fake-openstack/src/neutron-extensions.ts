import type { Call, JsonObject, Release, Reply, Route } from './frame.ts';
import { Refusal } from './frame.ts';

/** Aliases of the extensions that a neutron of both releases has loaded, with its usual plug-ins. */
const OF_BOTH =
  'address-group address-scope agent agent-resources-synced allowed-address-pairs auto-allocated-topology ' +
  'availability_zone availability_zone_filter binding binding-extended default-subnetpools dns-domain-ports ' +
  'dns-integration dvr empty-string-filtering expose-l3-conntrack-helper expose-port-forwarding-in-fip ' +
  'ext-gw-mode external-net extra_dhcp_opt extraroute extraroute-atomic filter-validation fip-port-details ' +
  'flavors floating-ip-port-forwarding floating-ip-port-forwarding-description ' +
  'floating-ip-port-forwarding-detail floating-ip-port-forwarding-port-ranges floatingip-pools ' +
  'ip-substring-filtering ip_allocation l2_adjacency l3-conntrack-helper l3-flavors l3-ha ' +
  'l3-port-ip-change-not-allowed l3_agent_scheduler logging metering metering_source_and_destination_fields ' +
  'multi-provider net-mtu net-mtu-writable network-ip-availability network_availability_zone pagination ' +
  'port-device-profile port-mac-address-regenerate port-mac-override port-numa-affinity-policy ' +
  'port-resource-request port-resource-request-groups port-security port-security-groups-filtering project-id ' +
  'provider qos qos-bw-limit-direction qos-bw-minimum-ingress qos-default qos-fip qos-gateway-ip ' +
  'qos-port-network-policy qos-pps qos-pps-minimum qos-pps-minimum-rule-alias qos-rule-type-details ' +
  'qos-rule-type-filter qos-rules-alias quota-check-limit quota_details quotas rbac-address-group ' +
  'rbac-address-scope rbac-policies rbac-security-groups rbac-subnetpool revision-if-match router ' +
  'router-admin-state-down-before-update router_availability_zone security-group ' +
  'security-groups-normalized-cidr security-groups-remote-address-group security-groups-shared-filtering ' +
  'segment segments-peer-subnet-host-routes service-type sorting standard-attr-description ' +
  'standard-attr-revisions standard-attr-segment standard-attr-tag standard-attr-timestamp ' +
  'stateful-security-group subnet-segmentid-writable subnet-service-types subnet_allocation subnet_onboard ' +
  'subnetpool-prefix-ops trunk trunk-details uplink-status-propagation';

/** Those that Epoxy adds. It lacks none of Zed's. */
const OF_EPOXY =
  'network_ha port-numa-affinity-policy-socket quota-check-limit-default security-groups-default-rules ' +
  'security-groups-rules-belongs-to-default-sg subnet-external-network tag-creation';

/** The extensions of a release, by alias. */
export function extensionsOf(release: Release): readonly string[] {
  return (release === 'zed' ? OF_BOTH : `${OF_BOTH} ${OF_EPOXY}`).split(' ').sort();
}

/** What neutron says that it can do. */
export const extensionRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2.0/extensions', handle: list },
  { method: 'GET', path: '/v2.0/extensions/:alias', handle: show },
];

function describe(alias: string): JsonObject {
  const name = alias.replaceAll(/[-_]/g, ' ');
  return { name, alias, description: name, updated: '2020-01-01T10:00:00-00:00', links: [] };
}

function list(call: Call): Reply {
  return { status: 200, body: { extensions: extensionsOf(call.cloud.options.release).map(describe) } };
}

function show(call: Call): Reply {
  const alias = call.params.alias ?? '';
  if (!extensionsOf(call.cloud.options.release).includes(alias)) {
    throw new Refusal(404, `Extension with alias ${alias} does not exist`, 'HTTPNotFound');
  }
  return { status: 200, body: { extension: describe(alias) } };
}
