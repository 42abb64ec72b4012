import type { Call, Cloud, JsonObject, Reply, Route } from './frame.ts';
import { Refusal } from './frame.ts';
import { below, effectiveGrants, withImplied } from './identity-grants.ts';
import { showRole } from './identity-roles.ts';
import type { Grant } from './identity-rows.ts';
import { adminOnly, found, foundDomain, grants, groups, listed, projects, roles, users } from './identity-rows.ts';

/** Where role assignments hang in the paths: on projects, on domains and on the system; inherited ones apart. */
const PLACES = [
  { prefix: '/v3/projects/:target', suffix: '', scope: 'project', inherited: false },
  { prefix: '/v3/domains/:target', suffix: '', scope: 'domain', inherited: false },
  { prefix: '/v3/system', suffix: '', scope: 'system', inherited: false },
  { prefix: '/v3/OS-INHERIT/projects/:target', suffix: '/inherited_to_projects', scope: 'project', inherited: true },
  { prefix: '/v3/OS-INHERIT/domains/:target', suffix: '/inherited_to_projects', scope: 'domain', inherited: true },
] as const;

/** Role assignments: made one by one at their place, listed at one place or all together. */
export const assignmentRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/role_assignments', handle: listAssignments },
  ...PLACES.flatMap((place) => (['user', 'group'] as const).flatMap((actor) => routesAt(place, actor))),
];

type Place = (typeof PLACES)[number];

function routesAt(place: Place, actor: Grant['actor']): Route[] {
  const list = `${place.prefix}/${actor}s/:actor/roles${place.suffix}`;
  const one = `${place.prefix}/${actor}s/:actor/roles/:role${place.suffix}`;
  return [
    { method: 'GET', path: list, handle: (call) => listAt(call, place, actor) },
    { method: 'PUT', path: one, handle: (call) => grantAt(call, place, actor) },
    { method: 'GET', path: one, handle: (call) => checkAt(call, place, actor) },
    { method: 'DELETE', path: one, handle: (call) => revokeAt(call, place, actor) },
  ];
}

function grantOf(call: Call, place: Place, actor: Grant['actor']): Grant {
  const { cloud } = call;
  adminOnly(call, 'identity:create_grant');
  const roleId = found(roles(cloud), 'role', call.params.role ?? '').id;
  const { actorId, targetId } = endsOf(call, place, actor);
  const id = [place.scope, targetId, actor, actorId, roleId, place.inherited].join('/');
  return { id, actor, actorId, scope: place.scope, targetId, roleId, inherited: place.inherited };
}

function endsOf(call: Call, place: Place, actor: Grant['actor']): { actorId: string; targetId: string } {
  const { cloud } = call;
  const actorId = actorOf(cloud, actor, call.params.actor ?? '');
  if (place.scope === 'system') return { actorId, targetId: 'system' };
  const target = call.params.target ?? '';
  const row = place.scope === 'domain' ? foundDomain(cloud, target) : found(projects(cloud), 'project', target);
  return { actorId, targetId: row.id };
}

function actorOf(cloud: Cloud, actor: Grant['actor'], id: string): string {
  return actor === 'user' ? found(users(cloud), 'user', id).id : found(groups(cloud), 'group', id).id;
}

function listAt(call: Call, place: Place, actor: Grant['actor']): Reply {
  adminOnly(call, 'identity:list_grants');
  const { actorId, targetId } = endsOf(call, place, actor);
  const here = [...grants(call.cloud).values()].filter(
    (grant) =>
      grant.actor === actor &&
      grant.actorId === actorId &&
      grant.scope === place.scope &&
      grant.targetId === targetId &&
      grant.inherited === place.inherited,
  );
  const rows = here
    .flatMap((grant) => roles(call.cloud).get(grant.roleId) ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    status: 200,
    body: listed(
      call,
      'roles',
      rows.map((row) => showRole(call, row)),
    ),
  };
}

function grantAt(call: Call, place: Place, actor: Grant['actor']): Reply {
  const grant = grantOf(call, place, actor);
  refuseForeignRole(call.cloud, grant);
  grants(call.cloud).set(grant.id, grant);
  return { status: 204 };
}

/** A role of one domain may be given only inside that domain. */
function refuseForeignRole(cloud: Cloud, grant: Grant): void {
  const role = roles(cloud).get(grant.roleId);
  if (role?.domain_id == null) return;
  const domainId = grant.scope === 'domain' ? grant.targetId : projects(cloud).get(grant.targetId)?.domain_id;
  if (domainId === role.domain_id) return;
  throw new Refusal(403, `Project ${grant.targetId} must be in the same domain as the role ${role.id} being assigned.`);
}

function absent(grant: Grant): Refusal {
  return new Refusal(
    404,
    `Could not find role assignment with role: ${grant.roleId}, user or group: ${grant.actorId}, project, domain, or system: ${grant.targetId}.`,
  );
}

function checkAt(call: Call, place: Place, actor: Grant['actor']): Reply {
  const grant = grantOf(call, place, actor);
  if (!grants(call.cloud).has(grant.id)) throw absent(grant);
  return { status: 204 };
}

function revokeAt(call: Call, place: Place, actor: Grant['actor']): Reply {
  const grant = grantOf(call, place, actor);
  if (!grants(call.cloud).delete(grant.id)) throw absent(grant);
  return { status: 204 };
}

/** One row of the list: a grant, or what it amounts to when the list is `effective`. */
interface Entry {
  readonly actor: Grant['actor'];
  readonly actorId: string;
  readonly scope: Grant['scope'];
  readonly targetId: string;
  readonly roleId: string;
  readonly inherited: boolean;
  /** The grant that it comes from. */
  readonly from: Grant;
  readonly impliedBy: string | undefined;
}

function listAssignments(call: Call): Reply {
  adminOnly(call, 'identity:list_role_assignments');
  refuseTwoTargets(call);
  const entries = isTrue(call, 'effective') ? effectiveEntries(call.cloud) : directEntries(call.cloud);
  const rows = entries.filter((entry) => fitsQuery(call, entry)).map((entry) => format(call, entry));
  return { status: 200, body: listed(call, 'role_assignments', rows) };
}

function isTrue(call: Call, key: string): boolean {
  return call.query.has(key) && call.query.get(key) !== '0';
}

function refuseTwoTargets(call: Call): void {
  const has = (key: string): boolean => (call.query.get(key) ?? '') !== '';
  if (has('scope.domain.id') && has('scope.project.id'))
    throw new Refusal(400, 'Specify a domain or project, not both');
  if (has('scope.domain.id') && has('scope.system')) throw new Refusal(400, 'Specify system or domain, not both');
  if (has('scope.project.id') && has('scope.system')) throw new Refusal(400, 'Specify system or project, not both');
  if (has('user.id') && has('group.id')) throw new Refusal(400, 'Specify a user or group, not both');
  if (isTrue(call, 'effective') && has('group.id')) {
    throw new Refusal(400, 'Combining effective and group filter will always result in an empty list.');
  }
}

function directEntries(cloud: Cloud): Entry[] {
  return [...grants(cloud).values()].map((from) => ({ ...from, from, impliedBy: undefined }));
}

function effectiveEntries(cloud: Cloud): Entry[] {
  return effectiveGrants(cloud).map(({ userId, target, roleId, from, impliedBy }) => ({
    actor: 'user',
    actorId: userId,
    ...target,
    roleId,
    inherited: from.inherited,
    from,
    impliedBy,
  }));
}

function fitsQuery(call: Call, entry: Entry): boolean {
  const same = (key: string, value: string | undefined): boolean => {
    const asked = call.query.get(key);
    return asked === null || asked === '' || asked === value;
  };
  const on = (scope: Grant['scope']): string | undefined => (entry.scope === scope ? entry.targetId : undefined);
  const inherited = call.query.get('scope.OS-INHERIT:inherited_to');
  return (
    same('user.id', entry.actor === 'user' ? entry.actorId : undefined) &&
    same('group.id', entry.actor === 'group' ? entry.actorId : undefined) &&
    same('role.id', entry.roleId) &&
    same('scope.domain.id', on('domain')) &&
    (same('scope.project.id', on('project')) || inSubtree(call, entry)) &&
    (!call.query.has('scope.system') || entry.scope === 'system') &&
    (inherited === null || (inherited === 'projects') === entry.inherited)
  );
}

function inSubtree(call: Call, entry: Entry): boolean {
  const top = call.query.get('scope.project.id');
  return isTrue(call, 'include_subtree') && top !== null && below(call.cloud, top).includes(entry.targetId);
}

function format(call: Call, entry: Entry): JsonObject {
  const names = isTrue(call, 'include_names');
  const links: JsonObject = { assignment: assignmentLink(call, entry) };
  if (entry.from.actor === 'group' && entry.actor === 'user') {
    links.membership = `${call.baseUrl}/v3/groups/${entry.from.actorId}/users/${entry.actorId}`;
  }
  if (entry.impliedBy !== undefined)
    links.prior_role = `${call.baseUrl}/v3/prior_role/${entry.impliedBy}/implies/${entry.roleId}`;
  const row = { links, scope: scopeOf(call.cloud, entry, names), role: roleOf(call.cloud, entry, names) };
  const actor = actorRow(call.cloud, entry, names);
  return entry.actor === 'user' ? { ...row, user: actor } : { ...row, group: actor };
}

function assignmentLink(call: Call, entry: Entry): string {
  const { from } = entry;
  const target = from.scope === 'system' ? '/system' : `/${from.scope}s/${from.targetId}`;
  const rest = `${target}/${from.actor}s/${from.actorId}/roles/${from.roleId}`;
  return `${call.baseUrl}/v3${from.inherited ? `/OS-INHERIT${rest}/inherited_to_projects` : rest}`;
}

function scopeOf(cloud: Cloud, entry: Entry, names: boolean): JsonObject {
  const inherited = entry.inherited ? { 'OS-INHERIT:inherited_to': 'projects' } : {};
  if (entry.scope === 'system') return { system: { all: true } };
  const target = projects(cloud).get(entry.targetId);
  const named = names ? { name: target?.name ?? null } : {};
  if (entry.scope === 'domain') return { domain: { id: entry.targetId, ...named }, ...inherited };
  const domain = names ? { domain: domainOf(cloud, target?.domain_id) } : {};
  return { project: { id: entry.targetId, ...named, ...domain }, ...inherited };
}

function domainOf(cloud: Cloud, id: string | null | undefined): JsonObject {
  return { id: id ?? null, name: projects(cloud).get(id ?? '')?.name ?? null };
}

function actorRow(cloud: Cloud, entry: Entry, names: boolean): JsonObject {
  if (!names) return { id: entry.actorId };
  const row = entry.actor === 'user' ? users(cloud).get(entry.actorId) : groups(cloud).get(entry.actorId);
  return { id: entry.actorId, name: row?.name ?? null, domain: domainOf(cloud, row?.domain_id) };
}

function roleOf(cloud: Cloud, entry: Entry, names: boolean): JsonObject {
  if (!names) return { id: entry.roleId };
  const row = roles(cloud).get(entry.roleId);
  const domain = row?.domain_id == null ? {} : { domain: domainOf(cloud, row.domain_id) };
  return { id: entry.roleId, name: row?.name ?? null, ...domain };
}

/** Ids of the roles that a user has on a project, as an application credential may pass on. */
export function rolesOn(cloud: Cloud, userId: string, projectId: string): string[] {
  const direct = effectiveGrants(cloud).filter((held) => held.userId === userId && held.target.targetId === projectId);
  return withImplied(cloud, [...new Set(direct.map((held) => held.roleId))]);
}
