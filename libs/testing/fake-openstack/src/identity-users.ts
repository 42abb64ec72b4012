import type { Call, Cloud, JsonObject, Reply, Route } from './frame.ts';
import { Refusal } from './frame.ts';
import { forgetGroup, forgetUser } from './identity-projects.ts';
import type { Group, User } from './identity-rows.ts';
import {
  adminOnly,
  askedFor,
  booleanOf,
  conflict,
  fits,
  found,
  foundDomain,
  groupMembers,
  groups,
  mergedOptions,
  nameOf,
  ownerOrAdmin,
  pagedList,
  passwords,
  patched,
  projects,
  renamed,
  shown,
  unauthorized,
  users,
} from './identity-rows.ts';

const USER_COLUMNS = ['id', 'name', 'domain_id', 'enabled', 'default_project_id', 'password_expires_at', 'options'];

/** Users, groups and who is in them. */
export const userRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/users', handle: listUsers },
  { method: 'POST', path: '/v3/users', handle: createUser },
  { method: 'GET', path: '/v3/users/:id', handle: getUser },
  { method: 'PATCH', path: '/v3/users/:id', handle: updateUser },
  { method: 'DELETE', path: '/v3/users/:id', handle: deleteUser },
  { method: 'POST', path: '/v3/users/:id/password', handle: changePassword },
  { method: 'GET', path: '/v3/users/:id/groups', handle: groupsOfUser },
  { method: 'GET', path: '/v3/groups', handle: listGroups },
  { method: 'POST', path: '/v3/groups', handle: createGroup },
  { method: 'GET', path: '/v3/groups/:id', handle: getGroup },
  { method: 'PATCH', path: '/v3/groups/:id', handle: updateGroup },
  { method: 'DELETE', path: '/v3/groups/:id', handle: deleteGroup },
  { method: 'GET', path: '/v3/groups/:id/users', handle: usersOfGroup },
  { method: 'PUT', path: '/v3/groups/:id/users/:user', handle: addMember },
  { method: 'GET', path: '/v3/groups/:id/users/:user', handle: checkMember },
  { method: 'DELETE', path: '/v3/groups/:id/users/:user', handle: removeMember },
];

function showUser(call: Call, row: User): JsonObject {
  return shown(call, `/users/${row.id}`, row);
}

function showGroup(call: Call, row: Group): JsonObject {
  return shown(call, `/groups/${row.id}`, row);
}

function listUsers(call: Call): Reply {
  adminOnly(call, 'identity:list_users');
  const known = ['domain_id', 'enabled', 'name', 'id', 'default_project_id'];
  const rows = [...users(call.cloud).values()].filter((row) => fits(call, row, known));
  return { status: 200, body: pagedList(call, 'users', rows, (row) => showUser(call, row)) };
}

function createUser(call: Call): Reply {
  adminOnly(call, 'identity:create_user');
  const { cloud } = call;
  const { password, ...asked } = askedFor(call, 'user');
  const name = nameOf(call, 'user', asked, 255);
  const row: User = {
    ...asked,
    id: cloud.newHexId(),
    name,
    domain_id: domainFor(call, asked),
    enabled: booleanOf(call, asked, 'enabled', true),
    password_expires_at: null,
    options: mergedOptions({}, asked.options),
  };
  if (row.default_project_id === null) delete row.default_project_id;
  refuseDomainAsDefault(cloud, row);
  refuseTaken('user', users(cloud), row);
  users(cloud).set(row.id, row);
  if (typeof password === 'string') passwords(cloud).set(row.id, password);
  return { status: 201, body: { user: showUser(call, row) } };
}

function domainFor(call: Call, asked: JsonObject): string {
  const scoped = projects(call.cloud).get(call.context.projectId ?? '')?.domain_id;
  const id = typeof asked.domain_id === 'string' ? asked.domain_id : (call.context.domainId ?? scoped ?? 'default');
  return foundDomain(call.cloud, id).id;
}

function refuseDomainAsDefault(cloud: Cloud, row: User): void {
  const { default_project_id: id } = row;
  if (typeof id !== 'string' || projects(cloud).get(id)?.is_domain !== true) return;
  throw new Refusal(400, `User's default project ID cannot be a domain ID: ${id}`);
}

function refuseTaken<Row extends { id: string; name: string; domain_id: string }>(
  kind: string,
  rows: Map<string, Row>,
  row: Row,
): void {
  const taken = [...rows.values()].some(
    (each) => each.id !== row.id && each.name === row.name && each.domain_id === row.domain_id,
  );
  if (taken) throw conflict(kind, `Duplicate entry found with name ${row.name} at domain ID ${row.domain_id}`);
}

function getUser(call: Call): Reply {
  const id = call.params.id ?? '';
  ownerOrAdmin(call, id, 'identity:get_user');
  return { status: 200, body: { user: showUser(call, found(users(call.cloud), 'user', id)) } };
}

function updateUser(call: Call): Reply {
  adminOnly(call, 'identity:update_user');
  const { cloud } = call;
  const row = found(users(cloud), 'user', call.params.id ?? '');
  const { password, ...asked } = askedFor(call, 'user');
  if (asked.domain_id !== undefined && asked.domain_id !== row.domain_id)
    throw new Refusal(400, 'Cannot change Domain ID');
  const changed: User = {
    ...row,
    ...asked,
    id: row.id,
    name: renamed(call, 'user', asked, row.name, 255),
    domain_id: row.domain_id,
    enabled: booleanOf(call, asked, 'enabled', row.enabled),
    password_expires_at: null,
    options: mergedOptions(row.options, asked.options),
  };
  if (changed.default_project_id === null) delete changed.default_project_id;
  refuseDomainAsDefault(cloud, changed);
  refuseTaken('user', users(cloud), changed);
  users(cloud).set(row.id, changed);
  if (typeof password === 'string') passwords(cloud).set(row.id, password);
  return { status: 200, body: { user: patched(showUser(call, changed), USER_COLUMNS) } };
}

function deleteUser(call: Call): Reply {
  adminOnly(call, 'identity:delete_user');
  forgetUser(call.cloud, found(users(call.cloud), 'user', call.params.id ?? '').id);
  return { status: 204 };
}

function changePassword(call: Call): Reply {
  const row = found(users(call.cloud), 'user', call.params.id ?? '');
  const asked = askedFor(call, 'user');
  if (passwords(call.cloud).get(row.id) !== asked.original_password) throw unauthorized();
  passwords(call.cloud).set(row.id, String(asked.password));
  return { status: 204 };
}

function groupsOfUser(call: Call): Reply {
  const id = call.params.id ?? '';
  ownerOrAdmin(call, id, 'identity:list_groups_for_user');
  found(users(call.cloud), 'user', id);
  const rows = [...groups(call.cloud).values()].filter((row) => groupMembers(call.cloud).get(row.id)?.has(id) === true);
  const show = (row: Group): JsonObject => ({ ...showGroup(call, row), membership_expires_at: null });
  return { status: 200, body: pagedList(call, 'groups', rows, show) };
}

function listGroups(call: Call): Reply {
  adminOnly(call, 'identity:list_groups');
  const rows = [...groups(call.cloud).values()].filter((row) => fits(call, row, ['domain_id', 'name', 'id']));
  return { status: 200, body: pagedList(call, 'groups', rows, (row) => showGroup(call, row)) };
}

function createGroup(call: Call): Reply {
  adminOnly(call, 'identity:create_group');
  const asked = askedFor(call, 'group');
  const row: Group = {
    ...asked,
    id: call.cloud.newHexId(),
    name: nameOf(call, 'group', asked, 64),
    domain_id: domainFor(call, asked),
    description: asked.description ?? '',
  };
  refuseTaken('group', groups(call.cloud), row);
  groups(call.cloud).set(row.id, row);
  groupMembers(call.cloud).set(row.id, new Set());
  return { status: 201, body: { group: showGroup(call, row) } };
}

function getGroup(call: Call): Reply {
  adminOnly(call, 'identity:get_group');
  return { status: 200, body: { group: showGroup(call, found(groups(call.cloud), 'group', call.params.id ?? '')) } };
}

function updateGroup(call: Call): Reply {
  adminOnly(call, 'identity:update_group');
  const row = found(groups(call.cloud), 'group', call.params.id ?? '');
  const asked = askedFor(call, 'group');
  if (asked.domain_id !== undefined && asked.domain_id !== row.domain_id)
    throw new Refusal(400, 'Cannot change Domain ID');
  const description = asked.description === undefined ? row.description : asked.description;
  const name = renamed(call, 'group', asked, row.name, 64);
  const changed: Group = { ...row, ...asked, id: row.id, domain_id: row.domain_id, name, description };
  refuseTaken('group', groups(call.cloud), changed);
  groups(call.cloud).set(row.id, changed);
  return {
    status: 200,
    body: { group: patched(showGroup(call, changed), ['id', 'name', 'domain_id', 'description']) },
  };
}

function deleteGroup(call: Call): Reply {
  adminOnly(call, 'identity:delete_group');
  forgetGroup(call.cloud, found(groups(call.cloud), 'group', call.params.id ?? '').id);
  return { status: 204 };
}

function usersOfGroup(call: Call): Reply {
  adminOnly(call, 'identity:list_users_in_group');
  const group = found(groups(call.cloud), 'group', call.params.id ?? '');
  const members = groupMembers(call.cloud).get(group.id);
  const rows = [...users(call.cloud).values()].filter((row) => members?.has(row.id) === true);
  return { status: 200, body: pagedList(call, 'users', rows, (row) => showUser(call, row)) };
}

function membership(call: Call, action: string): { members: Set<string>; groupId: string; userId: string } {
  adminOnly(call, action);
  const userId = found(users(call.cloud), 'user', call.params.user ?? '').id;
  const groupId = found(groups(call.cloud), 'group', call.params.id ?? '').id;
  return { members: groupMembers(call.cloud).get(groupId) ?? new Set(), groupId, userId };
}

function addMember(call: Call): Reply {
  const { members, userId } = membership(call, 'identity:add_user_to_group');
  members.add(userId);
  return { status: 204 };
}

function checkMember(call: Call): Reply {
  const { members, userId, groupId } = membership(call, 'identity:check_user_in_group');
  if (!members.has(userId)) throw new Refusal(404, `User '${userId}' not found in group '${groupId}'`);
  return { status: 204 };
}

function removeMember(call: Call): Reply {
  const { members, userId, groupId } = membership(call, 'identity:remove_user_from_group');
  if (!members.delete(userId)) throw new Refusal(404, `User '${userId}' not found in group '${groupId}'`);
  return { status: 204 };
}
