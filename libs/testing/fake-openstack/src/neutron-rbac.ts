import type { Call, JsonObject } from './frame.ts';
import { Refusal } from './frame.ts';
import { rbacPolicyAttributes } from './neutron-attributes.ts';
import { badInput, conflict, forbidden } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import type { RbacPolicy } from './neutron-rows.ts';
import {
  addressGroups,
  isOwn,
  networks,
  newRow,
  qosPolicies,
  rbacPolicies,
  securityGroups,
  standardView,
} from './neutron-rows.ts';

/** What may be shared by RBAC policies. */
const OBJECTS = {
  network: networks,
  security_group: securityGroups,
  address_group: addressGroups,
  qos_policy: qosPolicies,
} as const;

/** RBAC policies: another project may use this. */
export const rbacPolicyKind: Kind<RbacPolicy> = {
  singular: 'rbac_policy',
  collection: 'rbac_policies',
  path: 'rbac-policies',
  attributes: rbacPolicyAttributes,
  quota: 'rbac_policy',
  rows: rbacPolicies,
  missing: (id) => new Refusal(404, `RBAC policy of type None with ID ${id} not found`, 'RbacPolicyNotFound'),
  view: (_call, row) => standardView(row),
  isShared: () => false,
  create,
  update: (_call, row, asked) => {
    Object.assign(row, asked);
  },
  remove: (call, row) => {
    rbacPolicies(call.cloud).delete(row.id);
    const network = networks(call.cloud).get(row.object_id);
    if (network !== undefined && row.target_tenant === '*' && row.action === 'access_as_shared') network.shared = false;
  },
};

function isObjectType(type: string): type is keyof typeof OBJECTS {
  return type in OBJECTS;
}

function create(call: Call, asked: JsonObject): RbacPolicy {
  const [type, objectId, action, target] = [asked.object_type, asked.object_id, asked.action, asked.target_tenant].map(
    String,
  );
  if (type === undefined || !isObjectType(type)) {
    throw badInput(`'${String(type)}' is not a valid RBAC object type`);
  }
  const object = OBJECTS[type](call.cloud).get(objectId ?? '');
  if (object === undefined || !isOwn(call, object)) {
    throw new Refusal(404, `RBAC policy of type ${type} with ID ${String(objectId)} not found`, 'RbacPolicyNotFound');
  }
  if (target === '*' && !call.context.isAdmin) {
    throw forbidden('(rule:create_rbac_policy and rule:create_rbac_policy:target_tenant)');
  }
  const same = [...rbacPolicies(call.cloud).values()].some(
    (each) => each.object_id === objectId && each.action === action && each.target_tenant === target,
  );
  if (same) throw conflict('DuplicateRbacPolicy', 'An RBAC policy already exists with those values.');
  const row: RbacPolicy = {
    ...newRow(call.cloud, String(asked.project_id)),
    object_type: type,
    object_id: objectId ?? '',
    action: action ?? '',
    target_tenant: target ?? '',
  };
  rbacPolicies(call.cloud).set(row.id, row);
  const network = networks(call.cloud).get(row.object_id);
  if (network !== undefined && target === '*' && action === 'access_as_shared') network.shared = true;
  return row;
}
