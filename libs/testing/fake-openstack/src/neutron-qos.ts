import type { Call, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { qosPolicyAttributes } from './neutron-attributes.ts';
import { badForm, conflict, forbidden } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import { owned } from './neutron-resource.ts';
import type { QosPolicy } from './neutron-rows.ts';
import { floatingIps, isSharedBy, networks, newRow, ports, qosPolicies, standardView, touch } from './neutron-rows.ts';

/** QoS policies. Only administrators make them. */
export const qosPolicyKind: Kind<QosPolicy> = {
  singular: 'policy',
  collection: 'policies',
  path: 'qos/policies',
  attributes: qosPolicyAttributes,
  rows: qosPolicies,
  missing: (id) => new Refusal(404, `QoS policy ${id} could not be found.`, 'QosPolicyNotFound'),
  view: (_call, row) => view(row),
  isShared: (call, row) => row.shared || isSharedBy(call, row.id, 'access_as_shared'),
  create,
  update: (_call, row, asked) => {
    Object.assign(row, asked);
  },
  remove,
};

/** The rules of a policy, by the plural of their type. */
const RULES: Readonly<Record<string, { type: string; absent: JsonObject }>> = {
  bandwidth_limit_rules: { type: 'bandwidth_limit', absent: { max_burst_kbps: 0, direction: 'egress' } },
  dscp_marking_rules: { type: 'dscp_marking', absent: {} },
  minimum_bandwidth_rules: { type: 'minimum_bandwidth', absent: { direction: 'egress' } },
};

/** Making and removing of rules. */
export const qosRuleRoutes: readonly Route[] = Object.keys(RULES).flatMap((plural): Route[] => [
  { method: 'POST', path: `/v2.0/qos/policies/:id/${plural}`, handle: (call) => addRule(call, plural) },
  { method: 'DELETE', path: `/v2.0/qos/policies/:id/${plural}/:rule`, handle: removeRule },
]);

function view(row: QosPolicy): JsonObject {
  return { ...standardView(row), rules: row.rules };
}

function create(call: Call, asked: JsonObject): QosPolicy {
  if (!call.context.isAdmin) throw forbidden('rule:create_policy');
  const row: QosPolicy = {
    ...newRow(call.cloud, String(asked.project_id)),
    name: String(asked.name),
    description: asked.description ?? '',
    shared: asked.shared === true,
    is_default: asked.is_default === true,
    rules: [],
  };
  qosPolicies(call.cloud).set(row.id, row);
  return row;
}

function remove(call: Call, row: QosPolicy): void {
  const users = [networks(call.cloud), ports(call.cloud), floatingIps(call.cloud)].flatMap((rows) => [
    ...rows.values(),
  ]);
  const user = users.find((each) => each.qos_policy_id === row.id);
  if (user !== undefined) throw conflict('QosPolicyInUse', `QoS Policy ${row.id} is used by ${user.id}.`);
  qosPolicies(call.cloud).delete(row.id);
}

function addRule(call: Call, plural: string): Reply {
  const row = owned(call, qosPolicyKind, 'update', call.params.id ?? '');
  const key = plural.slice(0, -1);
  const asked = isObject(call.body) ? call.body[key] : undefined;
  if (!isObject(asked)) throw badForm(`Unable to find '${key}' in request body`);
  const rule = { ...RULES[plural]?.absent, ...asked, id: call.cloud.newId() };
  row.rules = [...row.rules, { ...rule, qos_policy_id: row.id, type: RULES[plural]?.type ?? '' }];
  touch(call.cloud, row);
  return { status: 201, body: { [key]: rule } };
}

function removeRule(call: Call): Reply {
  const row = owned(call, qosPolicyKind, 'update', call.params.id ?? '');
  const id = call.params.rule ?? '';
  if (!row.rules.some((rule) => rule.id === id)) {
    throw new Refusal(404, `QoS rule ${id} for policy ${row.id} could not be found.`, 'QosRuleNotFound');
  }
  row.rules = row.rules.filter((rule) => rule.id !== id);
  touch(call.cloud, row);
  return { status: 204 };
}
