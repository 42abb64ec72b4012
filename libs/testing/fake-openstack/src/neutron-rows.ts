import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { isoSeconds, table } from './frame.ts';

/** What every row of neutron has. `tenant_id` is `project_id` by its older name and made when shown. */
export interface Standard extends JsonObject {
  id: string;
  project_id: string;
  description: Json;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}

/** A network. Its subnets are found by their `network_id`. */
export interface Network extends Standard {
  name: string;
  shared: boolean;
  'router:external': boolean;
  port_security_enabled: boolean;
  mtu: number;
}

/** A range of addresses that are given out by themselves. */
export interface Pool extends JsonObject {
  start: string;
  end: string;
}

/** A subnet. */
export interface Subnet extends Standard {
  name: string;
  network_id: string;
  ip_version: number;
  cidr: string;
  gateway_ip: string | null;
  allocation_pools: Pool[];
  enable_dhcp: boolean;
  ipv6_address_mode: string | null;
  service_types: string[];
}

/** An address of a port. */
export interface FixedIp extends JsonObject {
  subnet_id: string;
  ip_address: string;
}

/** A port. */
export interface Port extends Standard {
  name: string;
  network_id: string;
  mac_address: string;
  admin_state_up: boolean;
  status: string;
  device_id: string;
  device_owner: string;
  fixed_ips: FixedIp[];
  security_groups: string[];
  port_security_enabled: boolean;
}

/** A router. Its interfaces and its gateway are ports with its id as `device_id`. */
export interface Router extends Standard {
  name: string;
  routes: { destination: string; nexthop: string }[];
  enable_snat: boolean;
}

/** A security group, without its rules. */
export interface SecurityGroup extends Standard {
  name: string;
  stateful: boolean;
}

/** A rule of a security group. */
export interface SecurityGroupRule extends Standard {
  security_group_id: string;
  direction: string;
  ethertype: string;
  protocol: string | null;
  remote_group_id: string | null;
  remote_address_group_id: string | null;
}

/** A floating IP. */
export interface FloatingIp extends Standard {
  floating_ip_address: string;
  floating_network_id: string;
  port_id: string | null;
  fixed_ip_address: string | null;
  router_id: string | null;
  status: string;
}

/** A group of addresses for rules. */
export interface AddressGroup extends Standard {
  name: string;
  addresses: string[];
}

/** A QoS policy. */
export interface QosPolicy extends Standard {
  name: string;
  shared: boolean;
  is_default: boolean;
  rules: JsonObject[];
}

/** Who else may use what. `target_tenant` is a project or `*`. */
export interface RbacPolicy extends Standard {
  object_type: string;
  object_id: string;
  action: string;
  target_tenant: string;
}

export const networks = table<Network>('network.networks');
export const subnets = table<Subnet>('network.subnets');
export const ports = table<Port>('network.ports');
export const routers = table<Router>('network.routers');
export const securityGroups = table<SecurityGroup>('network.security_groups');
export const securityGroupRules = table<SecurityGroupRule>('network.security_group_rules');
export const floatingIps = table<FloatingIp>('network.floatingips');
export const addressGroups = table<AddressGroup>('network.address_groups');
export const qosPolicies = table<QosPolicy>('network.qos_policies');
export const rbacPolicies = table<RbacPolicy>('network.rbac_policies');
/** Quotas that were set, by project. */
export const quotas = table<Record<string, number>>('network.quotas');

/** The standard part of a new row. */
export function newRow(cloud: Cloud, projectId: string): Standard {
  const now = isoSeconds(cloud.now());
  return {
    id: cloud.newId(),
    project_id: projectId,
    description: '',
    tags: [],
    created_at: now,
    updated_at: now,
    revision_number: 0,
  };
}

/** Counts a change of a row. */
export function touch(cloud: Cloud, row: Standard): void {
  row.revision_number += 1;
  row.updated_at = isoSeconds(cloud.now());
}

/** True when the caller owns the row or is an administrator. */
export function isOwn(call: Call, row: Standard): boolean {
  return call.context.isAdmin || row.project_id === call.context.projectId;
}

/** True when an RBAC policy gives the caller's project this access to the object. */
export function isSharedBy(call: Call, objectId: string, action: string): boolean {
  return [...rbacPolicies(call.cloud).values()].some(
    (each) =>
      each.object_id === objectId &&
      each.action === action &&
      (each.target_tenant === '*' || each.target_tenant === call.context.projectId),
  );
}

/** A row with the attributes that every row shows. */
export function standardView(row: Standard): JsonObject {
  return { ...row, tenant_id: row.project_id, tags: [...row.tags].sort() };
}
