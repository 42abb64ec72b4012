import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';
import { networkAttributes } from './neutron-attributes.ts';
import { badInput, conflict } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import type { Network } from './neutron-rows.ts';
import {
  isSharedBy,
  networks,
  newRow,
  ports,
  qosPolicies,
  rbacPolicies,
  standardView,
  subnets,
} from './neutron-rows.ts';

/** Networks. */
export const networkKind: Kind<Network> = {
  singular: 'network',
  collection: 'networks',
  path: 'networks',
  attributes: networkAttributes,
  quota: 'network',
  rows: networks,
  missing: missingNetwork,
  view,
  isShared: (call, row) => isUsable(call, row),
  create: (call, asked) => makeNetwork(call.cloud, asked),
  update,
  remove: (call, row) => removeNetwork(call.cloud, row),
};

/** 404 of a network. */
export function missingNetwork(id: string): Refusal {
  return new Refusal(404, `Network ${id} could not be found.`, 'NetworkNotFound');
}

/** True for a network that others' projects may see: shared with them, or external. */
export function isUsable(call: Call, row: Network): boolean {
  return (
    row.shared ||
    row['router:external'] ||
    isSharedBy(call, row.id, 'access_as_shared') ||
    isSharedBy(call, row.id, 'access_as_external')
  );
}

/** Largest MTU of a kind of network: what is left of 1500 bytes after the tunnel's headers. */
function largestMtu(type: string): number {
  return { vxlan: 1450, geneve: 1442, gre: 1458 }[type] ?? 1500;
}

/** Makes a network of checked attributes; the rest is chosen as neutron chooses it. */
export function makeNetwork(cloud: Cloud, asked: JsonObject): Network {
  const provider = providerOf(cloud, asked);
  refuseZones(asked.availability_zone_hints);
  refuseQos(cloud, asked.qos_policy_id);
  const { tenant_id: _tenant, segments: _segments, ha: _ha, availability_zone_hints: hints, ...rest } = asked;
  const row: Network = {
    ...newRow(cloud, String(asked.project_id)),
    ...rest,
    project_id: String(asked.project_id),
    name: String(asked.name),
    shared: asked.shared === true,
    'router:external': asked['router:external'] === true,
    port_security_enabled: asked.port_security_enabled !== false,
    mtu: mtuOf(Number(asked.mtu), String(provider['provider:network_type'])),
    status: 'ACTIVE',
    availability_zone_hints: Array.isArray(hints) && hints.length > 0 ? hints : ['nova'],
    ...provider,
    revision_number: 1,
  };
  networks(cloud).set(row.id, row);
  shareByRbac(cloud, row);
  return row;
}

/** `shared` and `router:external` are RBAC policies in truth, and are listed as such. */
function shareByRbac(cloud: Cloud, row: Network): void {
  const wanted = [row.shared ? 'access_as_shared' : '', row['router:external'] ? 'access_as_external' : ''];
  for (const action of ['access_as_shared', 'access_as_external']) {
    const own = [...rbacPolicies(cloud).values()].find(
      (each) => each.object_id === row.id && each.action === action && each.target_tenant === '*',
    );
    if (wanted.includes(action) && own === undefined) {
      const policy = {
        ...newRow(cloud, row.project_id),
        object_type: 'network',
        object_id: row.id,
        action,
        target_tenant: '*',
      };
      rbacPolicies(cloud).set(policy.id, policy);
    }
    if (!wanted.includes(action) && own !== undefined) rbacPolicies(cloud).delete(own.id);
  }
}

function mtuOf(asked: number, type: string): number {
  const largest = largestMtu(type);
  if (asked > largest) throw badInput(`Requested MTU is too big, maximum is ${largest}`);
  return asked === 0 ? largest : asked;
}

function refuseZones(hints: Json | undefined): void {
  if (!Array.isArray(hints)) return;
  const unknown = hints.find((hint) => hint !== 'nova');
  if (unknown !== undefined) {
    throw new Refusal(404, `AvailabilityZone ${String(unknown)} could not be found.`, 'AvailabilityZoneNotFound');
  }
}

/** Refuses 404 of a QoS policy that does not exist. */
export function refuseQos(cloud: Cloud, id: Json | undefined): void {
  if (typeof id !== 'string' || qosPolicies(cloud).has(id)) return;
  throw new Refusal(404, `QoS policy ${id} could not be found.`, 'QosPolicyNotFound');
}

const TYPES = ['local', 'flat', 'vlan', 'vxlan', 'gre', 'geneve'];
/** The one physical network that carries VLANs; flat networks may be on any. */
const VLANS = 'physnet1';

function providerOf(cloud: Cloud, asked: JsonObject): JsonObject {
  const asks = (name: string): Json => asked[`provider:${name}`] ?? null;
  const type = asks('network_type') ?? cloud.options.networkType;
  if (asks('network_type') === null && (asks('segmentation_id') !== null || asks('physical_network') !== null)) {
    throw badInput('network_type required');
  }
  if (typeof type !== 'string' || !TYPES.includes(type))
    throw badInput(`network_type value '${String(type)}' not supported`);
  const physical = asks('physical_network');
  const isPhysical = type === 'flat' || type === 'vlan';
  if (isPhysical) refusePhysical(type, physical);
  if (!isPhysical && physical !== null) throw badInput(`provider:physical_network specified for ${type} network`);
  const segmentation =
    asks('segmentation_id') ?? (type === 'flat' || type === 'local' ? null : freeSegment(cloud, type));
  refuseTakenSegment(cloud, type, physical, segmentation);
  return {
    'provider:network_type': type,
    'provider:physical_network': physical,
    'provider:segmentation_id': segmentation === null ? null : Number(segmentation),
  };
}

function refusePhysical(type: string, physical: Json): void {
  if (physical === null) throw badInput(`physical_network required for ${type} provider network`);
  if (type === 'vlan' && physical !== VLANS) {
    throw badInput(`physical_network '${String(physical)}' unknown for VLAN provider network`);
  }
}

function refuseTakenSegment(cloud: Cloud, type: string, physical: Json, segmentation: Json): void {
  const taken = [...networks(cloud).values()].some(
    (row) =>
      row['provider:network_type'] === type &&
      row['provider:physical_network'] === physical &&
      row['provider:segmentation_id'] === (segmentation === null ? null : Number(segmentation)),
  );
  if (!taken || type === 'local') return;
  if (type === 'flat') {
    throw conflict(
      'FlatNetworkInUse',
      `Unable to create the flat network. Physical network ${String(physical)} is in use.`,
    );
  }
  if (type === 'vlan') {
    throw conflict(
      'VlanIdInUse',
      `Unable to create the network. The VLAN ${String(segmentation)} on physical network ${String(physical)} is in use.`,
    );
  }
  throw conflict('TunnelIdInUse', `Unable to create the network. The tunnel ID ${String(segmentation)} is in use.`);
}

function freeSegment(cloud: Cloud, type: string): number {
  const used = new Set(
    [...networks(cloud).values()]
      .filter((row) => row['provider:network_type'] === type)
      .map((row) => row['provider:segmentation_id']),
  );
  let candidate = 1;
  while (used.has(candidate)) candidate += 1;
  return candidate;
}

/** `is_default` is shown of external networks always, of others only by the answer that made them. */
function view(call: Call, row: Network): JsonObject {
  const { is_default: isDefault, ...rest } = standardView(row);
  const here = [...subnets(call.cloud).values()].filter((subnet) => subnet.network_id === row.id);
  const mayBeDefault = row['router:external'] || call.method === 'POST';
  return {
    ...rest,
    subnets: here.map((subnet) => subnet.id).sort(),
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    l2_adjacency: true,
    shared: row.shared || isSharedBy(call, row.id, 'access_as_shared'),
    ...(mayBeDefault ? { is_default: isDefault ?? false } : {}),
  };
}

function update(call: Call, row: Network, asked: JsonObject): void {
  const { cloud } = call;
  refuseQos(cloud, asked.qos_policy_id);
  if (asked['router:external'] === false && row['router:external'] && hasGateways(cloud, row)) {
    throw conflict(
      'ExternalNetworkInUse',
      `External network ${row.id} cannot be updated to be made non-external, since it has existing gateway ports.`,
    );
  }
  if (asked.shared === false && row.shared) refuseUnsharing(cloud, row);
  const { mtu } = asked;
  Object.assign(row, asked);
  if (mtu !== undefined) row.mtu = mtuOf(Number(mtu), String(row['provider:network_type']));
  shareByRbac(cloud, row);
}

function hasGateways(cloud: Cloud, row: Network): boolean {
  return [...ports(cloud).values()].some(
    (port) => port.network_id === row.id && port.device_owner === 'network:router_gateway',
  );
}

function refuseUnsharing(cloud: Cloud, row: Network): void {
  const foreign = [...ports(cloud).values()].some(
    (port) =>
      port.network_id === row.id && port.project_id !== row.project_id && !port.device_owner.startsWith('network:'),
  );
  if (!foreign) return;
  throw conflict(
    'InvalidSharedSetting',
    `Unable to reconfigure sharing settings for network ${row.name}. Multiple tenants are using it.`,
  );
}

/** Removes a network with its subnets. Ports that neutron made for itself (DHCP) go with it; others keep it. */
function removeNetwork(cloud: Cloud, row: Network): void {
  const here = [...ports(cloud).values()].filter((port) => port.network_id === row.id);
  const inUse = here.filter((port) => port.device_owner !== 'network:dhcp').map((port) => port.id);
  if (inUse.length > 0) {
    throw conflict(
      'NetworkInUse',
      `Unable to complete operation on network ${row.id}. There are one or more ports still in use on the network, id for these ports is: ${inUse.join(',')}.`,
    );
  }
  for (const port of here) ports(cloud).delete(port.id);
  for (const subnet of subnets(cloud).values()) if (subnet.network_id === row.id) subnets(cloud).delete(subnet.id);
  for (const policy of rbacPolicies(cloud).values())
    if (policy.object_id === row.id) rbacPolicies(cloud).delete(policy.id);
  networks(cloud).delete(row.id);
}
