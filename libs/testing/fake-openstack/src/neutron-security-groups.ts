import type { Call, Cloud, Json, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';
import { formatBlock, parseBlock } from './neutron-addresses.ts';
import { securityGroupAttributes, securityGroupRuleAttributes } from './neutron-attributes.ts';
import { refuseOverQuota } from './neutron-quotas.ts';
import { badAttribute, conflict, pythonic } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import type { SecurityGroup, SecurityGroupRule } from './neutron-rows.ts';
import {
  addressGroups,
  isOwn,
  isSharedBy,
  newRow,
  ports,
  securityGroupRules,
  securityGroups,
  standardView,
  touch,
} from './neutron-rows.ts';

/** Security groups. The group `default` of a project comes into being when the project first looks for one. */
export const securityGroupKind: Kind<SecurityGroup> = {
  singular: 'security_group',
  collection: 'security_groups',
  path: 'security-groups',
  attributes: securityGroupAttributes,
  quota: 'security_group',
  rows: securityGroups,
  missing: missingSecurityGroup,
  view: viewGroup,
  isShared: (call, row) => isSharedBy(call, row.id, 'access_as_shared'),
  create: createGroup,
  update: updateGroup,
  remove: removeGroup,
  settle: (call) => {
    // Also when an administrator looks for the groups of somebody else's project.
    const asked = call.query.get('project_id') ?? call.query.get('tenant_id');
    const projectId = asked !== null && call.context.isAdmin ? asked : call.context.projectId;
    if (projectId !== undefined) defaultSecurityGroup(call.cloud, projectId);
  },
};

/** Rules of security groups. */
export const securityGroupRuleKind: Kind<SecurityGroupRule> = {
  singular: 'security_group_rule',
  collection: 'security_group_rules',
  path: 'security-group-rules',
  attributes: securityGroupRuleAttributes,
  quota: 'security_group_rule',
  rows: securityGroupRules,
  missing: (id) => new Refusal(404, `Security group rule ${id} does not exist`, 'SecurityGroupRuleNotFound'),
  view: viewRule,
  isShared: (call, row) => securityGroups(call.cloud).get(row.security_group_id)?.project_id === call.context.projectId,
  create: createRule,
  refuseTogether: refuseRulesTogether,
  update: (_call, row, asked) => {
    Object.assign(row, asked);
  },
  remove: (call, row) => {
    securityGroupRules(call.cloud).delete(row.id);
    touchGroup(call.cloud, row.security_group_id);
  },
};

/** 404 of a security group. */
export function missingSecurityGroup(id: string): Refusal {
  return new Refusal(404, `Security group ${id} does not exist`, 'SecurityGroupNotFound');
}

/**
 * The group `default` of a project, made when it is not there: egress to all, ingress from the group's own members.
 */
export function defaultSecurityGroup(cloud: Cloud, projectId: string): SecurityGroup {
  const existing = [...securityGroups(cloud).values()].find(
    (row) => row.project_id === projectId && row.name === 'default',
  );
  if (existing !== undefined) return existing;
  const row: SecurityGroup = {
    ...newRow(cloud, projectId),
    name: 'default',
    description: 'Default security group',
    stateful: true,
    revision_number: 1,
  };
  securityGroups(cloud).set(row.id, row);
  for (const ethertype of ['IPv4', 'IPv6']) {
    addRule(cloud, row, { direction: 'ingress', ethertype, remote_group_id: row.id });
    addRule(cloud, row, { direction: 'egress', ethertype });
  }
  return row;
}

function addRule(cloud: Cloud, group: SecurityGroup, asked: JsonObject): SecurityGroupRule {
  const rule: SecurityGroupRule = {
    ...newRow(cloud, group.project_id),
    // Only the rules that a group starts with have none at all.
    description: null,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: null,
    remote_address_group_id: null,
    direction: 'egress',
    ethertype: 'IPv4',
    ...asked,
    security_group_id: group.id,
    standard_attr_id: securityGroupRules(cloud).size + 1,
  };
  securityGroupRules(cloud).set(rule.id, rule);
  return rule;
}

function rulesOf(cloud: Cloud, groupId: string): SecurityGroupRule[] {
  return [...securityGroupRules(cloud).values()].filter((rule) => rule.security_group_id === groupId);
}

function viewGroup(call: Call, row: SecurityGroup): JsonObject {
  const rules = rulesOf(call.cloud, row.id).map((rule) => inGroup(call, rule));
  return { ...standardView(row), shared: isSharedBy(call, row.id, 'access_as_shared'), security_group_rules: rules };
}

/** Epoxy says of a rule whether its group is `default`; in a list within the default group it says null. */
function inGroup(call: Call, rule: SecurityGroupRule): JsonObject {
  const { standard_attr_id: attribute, ...rest } = viewRule(call, rule);
  return { ...rest, standard_attr_id: attribute ?? rule.standard_attr_id };
}

function viewRule(call: Call, rule: SecurityGroupRule): JsonObject {
  const { standard_attr_id: _, ...rest } = standardView(rule);
  const group = securityGroups(call.cloud).get(rule.security_group_id);
  const epoxy = call.cloud.options.release === 'epoxy' ? { belongs_to_default_sg: group?.name === 'default' } : {};
  const prefix = typeof rule.remote_ip_prefix === 'string' ? parseBlock(rule.remote_ip_prefix) : undefined;
  const isNew = call.method === 'POST' && call.path.startsWith('/v2.0/security-group-rules');
  // The answer that makes a rule shows no tags.
  if (isNew) delete rest.tags;
  return {
    ...rest,
    normalized_cidr: prefix === undefined ? null : formatBlock(prefix),
    ...epoxy,
  };
}

function createGroup(call: Call, asked: JsonObject): SecurityGroup {
  const { cloud } = call;
  const projectId = String(asked.project_id);
  defaultSecurityGroup(cloud, projectId);
  if (String(asked.name).toLowerCase() === 'default') {
    throw conflict('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  }
  refuseOverQuota(cloud, 'security_group', projectId);
  const row: SecurityGroup = {
    ...newRow(cloud, projectId),
    name: String(asked.name),
    description: asked.description ?? '',
    stateful: asked.stateful !== false,
    revision_number: 1,
  };
  securityGroups(cloud).set(row.id, row);
  for (const ethertype of ['IPv4', 'IPv6']) addRule(cloud, row, { direction: 'egress', ethertype });
  return row;
}

function isUsed(cloud: Cloud, id: string): boolean {
  return [...ports(cloud).values()].some((port) => port.security_groups.includes(id));
}

function inUse(id: string): Refusal {
  return conflict('SecurityGroupInUse', `Security Group ${id} in use.`);
}

function updateGroup(call: Call, row: SecurityGroup, asked: JsonObject): void {
  if (row.name === 'default' && asked.name !== undefined && asked.name !== 'default') {
    throw conflict('SecurityGroupCannotUpdateDefault', 'Updating default security group not allowed.');
  }
  if (asked.name === 'default' && row.name !== 'default') {
    throw conflict('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  }
  if (asked.stateful !== undefined && asked.stateful !== row.stateful && isUsed(call.cloud, row.id))
    throw inUse(row.id);
  Object.assign(row, asked);
}

/** An administrator may delete even the default group; it comes back when next looked for. */
function removeGroup(call: Call, row: SecurityGroup): void {
  const { cloud } = call;
  if (isUsed(cloud, row.id)) throw inUse(row.id);
  if (row.name === 'default' && !call.context.isAdmin) {
    throw conflict('SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default security group.');
  }
  for (const rule of rulesOf(cloud, row.id)) securityGroupRules(cloud).delete(rule.id);
  for (const rule of securityGroupRules(cloud).values()) {
    if (rule.remote_group_id === row.id) securityGroupRules(cloud).delete(rule.id);
  }
  securityGroups(cloud).delete(row.id);
}

function touchGroup(cloud: Cloud, id: string): void {
  const group = securityGroups(cloud).get(id);
  if (group !== undefined) touch(cloud, group);
}

/** Numbers of the protocols that have names. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  ah: 51,
  dccp: 33,
  egp: 8,
  esp: 50,
  gre: 47,
  hopopt: 0,
  icmp: 1,
  igmp: 2,
  ip: 0,
  ipip: 4,
  'ipv6-encap': 41,
  'ipv6-frag': 44,
  'ipv6-icmp': 58,
  icmpv6: 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  'ipv6-route': 43,
  ospf: 89,
  pgm: 113,
  rsvp: 46,
  sctp: 132,
  tcp: 6,
  udp: 17,
  udplite: 136,
  vrrp: 112,
};

function createRule(call: Call, asked: JsonObject): SecurityGroupRule {
  const { cloud } = call;
  const group = securityGroups(cloud).get(String(asked.security_group_id));
  if (group === undefined || !isOwn(call, group)) throw missingSecurityGroup(String(asked.security_group_id));
  const rule = {
    direction: directionOf(asked.direction),
    ethertype: ethertypeOf(asked.ethertype),
    protocol: protocolOf(cloud, asked),
    port_range_min: numberOf(asked.port_range_min),
    port_range_max: numberOf(asked.port_range_max),
    remote_ip_prefix: prefixOf(asked.remote_ip_prefix),
    remote_group_id: asked.remote_group_id ?? null,
    remote_address_group_id: asked.remote_address_group_id ?? null,
    description: asked.description ?? '',
  };
  refuseRemotes(call, rule);
  refusePorts(rule.protocol, rule.port_range_min, rule.port_range_max);
  refuseFamily(rule.ethertype, rule.remote_ip_prefix);
  refuseSame(cloud, group, rule);
  const row = addRule(cloud, group, rule);
  row.project_id = String(asked.project_id);
  touch(cloud, group);
  return row;
}

/** Several rules at once are of one group, and all different. */
function refuseRulesTogether(many: readonly JsonObject[]): void {
  if (new Set(many.map((rule) => rule.security_group_id)).size > 1) {
    throw new Refusal(
      400,
      'Only allowed to update rules for one security profile at a time',
      'SecurityGroupNotSingleGroupRules',
    );
  }
  const tuples = many.map(({ description: _, ...rule }) => JSON.stringify(Object.entries(rule).toSorted()));
  if (new Set(tuples).size < tuples.length)
    throw conflict('DuplicateSecurityGroupRuleInPost', 'Duplicate Security Group Rule in POST.');
}

function directionOf(value: Json | undefined): string {
  if (value === 'ingress' || value === 'egress') return value;
  throw badAttribute('direction', `${String(value)} is not in valid_values.`);
}

function ethertypeOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'IPv4';
  const known = ['IPv4', 'IPv6'].find((each) => each.toLowerCase() === String(value).toLowerCase());
  if (known !== undefined) return known;
  throw new Refusal(
    400,
    `Security group rule for ethertype '${String(value)}' not supported. Allowed values are ['IPv4', 'IPv6'].`,
    'SecurityGroupRuleInvalidEtherType',
  );
}

/** Names are written small, numbers as text, and ICMP over IPv6 by its one name. Epoxy takes `any` for null. */
function protocolOf(cloud: Cloud, asked: JsonObject): string | null {
  const { protocol } = asked;
  if (protocol === null || protocol === undefined || protocol === '') return null;
  const text = String(protocol).toLowerCase();
  const isEpoxy = cloud.options.release === 'epoxy';
  if (text === 'any' && isEpoxy) return null;
  if (/^\d+$/.test(text) && Number(text) <= 255) return text;
  if (PROTOCOLS[text] === undefined) throw unknownProtocol(text, isEpoxy);
  const isIpv6 = ethertypeOf(asked.ethertype) === 'IPv6';
  return isIpv6 && (text === 'icmpv6' || text === 'icmp') ? 'ipv6-icmp' : text;
}

function unknownProtocol(protocol: string, isEpoxy: boolean): Refusal {
  const names = Object.keys(PROTOCOLS)
    .map((name) => `'${name}'`)
    .join(', ');
  const known = isEpoxy ? `(None, 'any', ${names})` : `[None, ${names}]`;
  return new Refusal(
    400,
    `Security group rule protocol ${protocol} not supported. Only protocol values ${known} and integer representations [0 to 255] are supported.`,
    'SecurityGroupRuleInvalidProtocol',
  );
}

function numberOf(value: Json | undefined): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65535) return number;
  throw new Refusal(400, `Invalid value for port ${String(value)}`, 'SecurityGroupInvalidPortValue');
}

/** A bare address becomes a block of one; otherwise the block is kept as written, its host bits too. */
function prefixOf(value: Json | undefined): string | null {
  if (value === null || value === undefined || value === '') return null;
  const block = parseBlock(String(value));
  if (block === undefined) {
    throw new Refusal(400, `Invalid CIDR ${String(value)} given as IP prefix.`, 'InvalidCIDR');
  }
  return String(value).includes('/') ? String(value) : formatBlock(block);
}

function refuseRemotes(call: Call, rule: JsonObject): void {
  const { cloud } = call;
  const { remote_group_id: groupId, remote_address_group_id: addressGroupId, remote_ip_prefix: prefix } = rule;
  if ([groupId, addressGroupId, prefix].filter((each) => each !== null).length > 1) {
    throw new Refusal(
      400,
      'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.',
      'SecurityGroupMultipleRemoteEntites',
    );
  }
  if (typeof groupId === 'string' && !securityGroups(cloud).has(groupId)) throw missingSecurityGroup(groupId);
  if (typeof addressGroupId === 'string' && !addressGroups(cloud).has(addressGroupId)) {
    throw new Refusal(404, `Address group ${addressGroupId} could not be found.`, 'AddressGroupNotFound');
  }
}

const WITH_PORTS = new Set([6, 17, 33, 132, 136]);

function refusePorts(protocol: string | null, min: number | null, max: number | null): void {
  if (min === null && max === null) return;
  if (protocol === null) {
    throw new Refusal(
      400,
      'Must also specify protocol if port range is given.',
      'SecurityGroupProtocolRequiredWithPorts',
    );
  }
  const number = PROTOCOLS[protocol] ?? Number(protocol);
  if (number === 1 || number === 58) return refuseIcmp(min, max);
  if (!WITH_PORTS.has(number)) return;
  if (min === 0 || max === 0) throw new Refusal(400, 'Invalid value for port 0', 'SecurityGroupInvalidPortValue');
  if (min === null || max === null || min > max) {
    throw new Refusal(
      400,
      'For TCP/UDP protocols, port_range_min must be <= port_range_max',
      'SecurityGroupInvalidPortRange',
    );
  }
}

/** For ICMP, the range is the type and the code. */
function refuseIcmp(type: number | null, code: number | null): void {
  if (type === null) {
    throw new Refusal(
      400,
      `ICMP code (port-range-max) ${String(code)} is provided but ICMP type (port-range-min) is missing.`,
      'SecurityGroupMissingIcmpType',
    );
  }
  const [field, value] = type > 255 ? ['type', type] : ['code', code];
  if (value === null || Number(value) <= 255) return;
  throw new Refusal(
    400,
    `Invalid value for ICMP ${String(field)} (port-range-${field === 'type' ? 'min' : 'max'}) ${String(value)}. It must be 0 to 255.`,
    'SecurityGroupInvalidIcmpValue',
  );
}

function refuseFamily(ethertype: string, prefix: string | null): void {
  const block = prefix === null ? undefined : parseBlock(prefix);
  if (block === undefined || `IPv${block.version}` === ethertype) return;
  throw new Refusal(
    400,
    `Conflicting value ethertype ${ethertype} for CIDR ${String(prefix)}`,
    'SecurityGroupRuleParameterConflict',
  );
}

/** Rules that do the same are refused. The description does not count; the prefix of everything is as none. */
function refuseSame(cloud: Cloud, group: SecurityGroup, rule: JsonObject): void {
  const same = rulesOf(cloud, group.id).find((each) => meaning(each) === meaning(rule));
  if (same === undefined) return;
  throw conflict('SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${same.id}.`);
}

function meaning(rule: JsonObject): string {
  const { direction, ethertype, protocol, port_range_min: min, port_range_max: max } = rule;
  const prefix =
    rule.remote_ip_prefix === '0.0.0.0/0' || rule.remote_ip_prefix === '::/0' ? null : rule.remote_ip_prefix;
  const number = typeof protocol === 'string' ? (PROTOCOLS[protocol] ?? Number(protocol)) : null;
  return pythonic([direction, ethertype, number, min, max, prefix, rule.remote_group_id, rule.remote_address_group_id]);
}
