import type { Call, Cloud, JsonObject, Reply, Route } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Role } from './identity-rows.ts';
import {
  adminOnly,
  askedFor,
  conflict,
  fits,
  foundDomain,
  found,
  grants,
  impliedRoles,
  mergedOptions,
  nameOf,
  pagedList,
  patched,
  refuseImmutable,
  renamed,
  roles,
  shown,
} from './identity-rows.ts';

/** Roles and which role implies which. */
export const roleRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/roles', handle: listRoles },
  { method: 'POST', path: '/v3/roles', handle: createRole },
  { method: 'GET', path: '/v3/roles/:id', handle: getRole },
  { method: 'PATCH', path: '/v3/roles/:id', handle: updateRole },
  { method: 'DELETE', path: '/v3/roles/:id', handle: deleteRole },
  { method: 'GET', path: '/v3/role_inferences', handle: listInferences },
  { method: 'GET', path: '/v3/roles/:id/implies', handle: listImplied },
  { method: 'PUT', path: '/v3/roles/:id/implies/:implied', handle: imply },
  { method: 'GET', path: '/v3/roles/:id/implies/:implied', handle: getImplied },
  { method: 'DELETE', path: '/v3/roles/:id/implies/:implied', handle: unimply },
];

/** A role as it is shown. */
export function showRole(call: Call, row: Role): JsonObject {
  return shown(call, `/roles/${row.id}`, row);
}

/** Without a domain in the query, only global roles are listed. */
function listRoles(call: Call): Reply {
  adminOnly(call, 'identity:list_roles');
  const domainId = call.query.get('domain_id');
  const rows = [...roles(call.cloud).values()].filter((row) => row.domain_id === domainId && fits(call, row, ['name']));
  return { status: 200, body: pagedList(call, 'roles', rows, (row) => showRole(call, row)) };
}

function createRole(call: Call): Reply {
  adminOnly(call, 'identity:create_role');
  const asked = askedFor(call, 'role');
  const { domain_id: domainId } = asked;
  const row: Role = {
    ...asked,
    id: call.cloud.newHexId(),
    name: nameOf(call, 'role', asked, 255),
    domain_id: typeof domainId === 'string' ? foundDomain(call.cloud, domainId).id : null,
    description: asked.description ?? null,
    options: mergedOptions({}, asked.options),
  };
  refuseTaken(call.cloud, row);
  roles(call.cloud).set(row.id, row);
  return { status: 201, body: { role: showRole(call, row) } };
}

function refuseTaken(cloud: Cloud, row: Role): void {
  const taken = [...roles(cloud).values()].some(
    (each) => each.id !== row.id && each.name === row.name && each.domain_id === row.domain_id,
  );
  const where = row.domain_id === null ? '' : ` at domain ID ${row.domain_id}`;
  if (taken) throw conflict('role', `Duplicate entry found with name ${row.name}${where}`);
}

function getRole(call: Call): Reply {
  adminOnly(call, 'identity:get_role');
  return { status: 200, body: { role: showRole(call, found(roles(call.cloud), 'role', call.params.id ?? '')) } };
}

function updateRole(call: Call): Reply {
  adminOnly(call, 'identity:update_role');
  const row = found(roles(call.cloud), 'role', call.params.id ?? '');
  const asked = askedFor(call, 'role');
  refuseImmutable('role', row, 'update', asked);
  if (asked.domain_id !== undefined && asked.domain_id !== row.domain_id) {
    throw new Refusal(400, 'Update of `domain_id` is not allowed.');
  }
  const changed: Role = {
    ...row,
    ...asked,
    id: row.id,
    domain_id: row.domain_id,
    name: renamed(call, 'role', asked, row.name, 255),
    description: asked.description === undefined ? row.description : asked.description,
    options: mergedOptions(row.options, asked.options),
  };
  refuseTaken(call.cloud, changed);
  roles(call.cloud).set(row.id, changed);
  const known = ['id', 'name', 'domain_id', 'description', 'options'];
  return { status: 200, body: { role: patched(showRole(call, changed), known) } };
}

function deleteRole(call: Call): Reply {
  adminOnly(call, 'identity:delete_role');
  const { cloud } = call;
  const row = found(roles(cloud), 'role', call.params.id ?? '');
  refuseImmutable('role', row, 'delete');
  roles(cloud).delete(row.id);
  impliedRoles(cloud).delete(row.id);
  for (const implied of impliedRoles(cloud).values()) implied.delete(row.id);
  for (const grant of grants(cloud).values()) if (grant.roleId === row.id) grants(cloud).delete(grant.id);
  return { status: 204 };
}

function reference(call: Call, row: Role): JsonObject {
  const { id, name, domain_id: domainId } = row;
  const links = { self: `${call.baseUrl}/v3/roles/${id}` };
  return domainId === null ? { id, links, name } : { id, domain_id: domainId, links, name };
}

function inference(call: Call, prior: Role): JsonObject {
  const implied = [...(impliedRoles(call.cloud).get(prior.id) ?? [])].map((id) =>
    reference(call, found(roles(call.cloud), 'role', id)),
  );
  return { prior_role: reference(call, prior), implies: implied };
}

function listInferences(call: Call): Reply {
  adminOnly(call, 'identity:list_role_inference_rules');
  const rows = [...roles(call.cloud).values()].filter((row) => (impliedRoles(call.cloud).get(row.id)?.size ?? 0) > 0);
  return { status: 200, body: { role_inferences: rows.map((row) => inference(call, row)) } };
}

function listImplied(call: Call): Reply {
  adminOnly(call, 'identity:list_implied_roles');
  const prior = found(roles(call.cloud), 'role', call.params.id ?? '');
  const links = { self: `${call.baseUrl}/v3/roles/${prior.id}/implies` };
  return { status: 200, body: { role_inference: inference(call, prior), links } };
}

function pair(call: Call): { prior: Role; implied: Role } {
  const prior = found(roles(call.cloud), 'role', call.params.id ?? '');
  return { prior, implied: found(roles(call.cloud), 'role', call.params.implied ?? '') };
}

function pairBody(call: Call, prior: Role, implied: Role): JsonObject {
  const links = { self: `${call.baseUrl}/v3/roles/${prior.id}/implies/${implied.id}` };
  return { role_inference: { prior_role: reference(call, prior), implies: reference(call, implied) }, links };
}

function imply(call: Call): Reply {
  adminOnly(call, 'identity:create_implied_role');
  const { prior, implied } = pair(call);
  if (implied.name === 'admin') throw new Refusal(403, `${implied.id} cannot be an implied roles.`);
  if (prior.domain_id === null && implied.domain_id !== null) {
    throw new Refusal(403, 'Global role cannot imply a domain-specific role');
  }
  const all = impliedRoles(call.cloud).get(prior.id) ?? new Set();
  impliedRoles(call.cloud).set(prior.id, all.add(implied.id));
  return { status: 201, body: pairBody(call, prior, implied) };
}

function refuseNotImplied(call: Call, prior: Role, implied: Role): void {
  if (impliedRoles(call.cloud).get(prior.id)?.has(implied.id) === true) return;
  throw new Refusal(404, `${prior.id} does not imply ${implied.id}.`);
}

function getImplied(call: Call): Reply {
  adminOnly(call, 'identity:get_implied_role');
  const { prior, implied } = pair(call);
  refuseNotImplied(call, prior, implied);
  return { status: 200, body: pairBody(call, prior, implied) };
}

function unimply(call: Call): Reply {
  adminOnly(call, 'identity:delete_implied_role');
  const { prior, implied } = pair(call);
  refuseNotImplied(call, prior, implied);
  impliedRoles(call.cloud).get(prior.id)?.delete(implied.id);
  return { status: 204 };
}
