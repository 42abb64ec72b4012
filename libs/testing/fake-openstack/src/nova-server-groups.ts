import type { Schema } from './cinder-nova-validation.ts';
import { object, validate } from './cinder-nova-validation.ts';
import type { Call, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { NAME } from './nova-flavors.ts';
import { refuseUnknownQuery } from './nova-page.ts';
import { novaLimit } from './nova-quotas.ts';
import type { ServerGroup } from './nova-server-rows.ts';
import { serverGroups, servers } from './nova-server-rows.ts';

/** GET /os-server-groups: of the caller's project, or with `all_projects` of all for admins. */
export function listServerGroups(call: Call): Reply {
  refuseUnknownQuery(call, ['all_projects', 'limit', 'offset']);
  // `all_projects` counts by its presence: `all_projects=False` lists all too.
  const all = call.query.has('all_projects') && call.context.isAdmin;
  const rows = [...serverGroups(call.cloud).values()].filter(
    (group) => all || group.projectId === call.context.projectId,
  );
  const offset = Number(call.query.get('offset') ?? 0);
  const limit = Math.min(Number(call.query.get('limit') ?? 1000), call.cloud.maxPage(1000));
  return { status: 200, body: { server_groups: rows.slice(offset, offset + limit).map((row) => view(call, row)) } };
}

/** GET /os-server-groups/:id. */
export function showServerGroup(call: Call): Reply {
  return { status: 200, body: { server_group: view(call, groupOf(call)) } };
}

/** POST /os-server-groups: one policy, with rules since 2.64. */
export function createServerGroup(call: Call): Reply {
  const { server_group: inner } = validate(schemaOf(call), call.body);
  const body = isObject(inner) ? inner : {};
  const [legacy] = Array.isArray(body.policies) ? body.policies : [];
  const policy = String(body.policy ?? legacy);
  const rules = isObject(body.rules) ? body.rules : {};
  if (Object.keys(rules).length > 0 && policy !== 'anti-affinity') {
    throw new Refusal(400, 'Only anti-affinity policy supports rules.');
  }
  refuseQuota(call);
  const group: ServerGroup = {
    id: call.cloud.newId(),
    name: String(body.name),
    policy,
    rules: rules.max_server_per_host === undefined ? {} : { max_server_per_host: Number(rules.max_server_per_host) },
    projectId: call.context.projectId ?? '',
    userId: call.context.userId,
    members: [],
  };
  serverGroups(call.cloud).set(group.id, group);
  return { status: 200, body: { server_group: view(call, group) } };
}

/** DELETE /os-server-groups/:id. Its servers stay. */
export function deleteServerGroup(call: Call): Reply {
  serverGroups(call.cloud).delete(groupOf(call).id);
  return { status: 204 };
}

/** Servers of a group that are there. */
export function membersOf(call: Pick<Call, 'cloud'>, group: ServerGroup): string[] {
  return group.members.filter((id) => servers(call.cloud).has(id));
}

function groupOf(call: Call): ServerGroup {
  const id = call.params.id ?? '';
  const group = serverGroups(call.cloud).get(id);
  if (group !== undefined && (call.context.isAdmin || group.projectId === call.context.projectId)) return group;
  throw new Refusal(404, `Instance group ${id} could not be found.`);
}

function refuseQuota(call: Call): void {
  const projectId = call.context.projectId ?? '';
  const limit = novaLimit(call.cloud, projectId, 'server_groups');
  const count = [...serverGroups(call.cloud).values()].filter((group) => group.projectId === projectId).length;
  if (limit >= 0 && count >= limit) throw new Refusal(403, 'Quota exceeded, too many server groups.');
}

const POLICIES = ['anti-affinity', 'affinity'];
const SOFT_POLICIES = ['soft-anti-affinity', 'soft-affinity'];
const COUNT: Schema = { type: ['integer', 'string'], pattern: '^[0-9]*$', minimum: 1, minLength: 1 };

function schemaOf(call: Call): Schema {
  const words = call.atLeast('2.15') ? [...POLICIES, ...SOFT_POLICIES] : POLICIES;
  const policy: Schema = { type: 'string', enum: words };
  if (call.atLeast('2.64')) {
    const rules = object({ max_server_per_host: COUNT });
    return object({ server_group: object({ name: NAME, policy, rules }, ['name', 'policy']) }, ['server_group']);
  }
  const policies: Schema = { type: 'array', items: policy, minItems: 1, maxItems: 1 };
  return object({ server_group: object({ name: NAME, policies }, ['name', 'policies']) }, ['server_group']);
}

function view(call: Call, group: ServerGroup): JsonObject {
  const body: JsonObject = { id: group.id, name: group.name };
  if (call.atLeast('2.64')) Object.assign(body, { policy: group.policy, rules: { ...group.rules } });
  else Object.assign(body, { policies: [group.policy], metadata: {} });
  body.members = membersOf(call, group);
  if (call.atLeast('2.13')) Object.assign(body, { project_id: group.projectId, user_id: group.userId });
  return body;
}
