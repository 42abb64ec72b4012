import type { Call, Cloud, Json, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { above, below, effectiveRoleIds } from './identity-grants.ts';
import type { Project } from './identity-rows.ts';
import {
  adminOnly,
  applicationCredentials,
  askedFor,
  booleanOf,
  conflict,
  credentials,
  fits,
  forbidden,
  found,
  foundDomain,
  grants,
  groupMembers,
  groups,
  mergedOptions,
  nameOf,
  pagedList,
  passwords,
  patched,
  projects,
  refuseImmutable,
  renamed,
  roles,
  shown,
  users,
} from './identity-rows.ts';
import { domainFields } from './identity-tokens.ts';
import { hasTags } from './tags.ts';

const COLUMNS = ['id', 'name', 'domain_id', 'description', 'enabled', 'parent_id', 'is_domain', 'tags', 'options'];

/** Domains, projects and the tags of projects. */
export const projectRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/domains', handle: listDomains },
  { method: 'POST', path: '/v3/domains', handle: createDomain },
  { method: 'GET', path: '/v3/domains/:id', handle: getDomain },
  { method: 'PATCH', path: '/v3/domains/:id', handle: updateDomain },
  { method: 'DELETE', path: '/v3/domains/:id', handle: deleteDomain },
  { method: 'GET', path: '/v3/domains/:id/config', handle: getDomainConfig },
  { method: 'GET', path: '/v3/projects', handle: listProjects },
  { method: 'POST', path: '/v3/projects', handle: createProject },
  { method: 'GET', path: '/v3/projects/:id', handle: getProject },
  { method: 'PATCH', path: '/v3/projects/:id', handle: updateProject },
  { method: 'DELETE', path: '/v3/projects/:id', handle: deleteProject },
  { method: 'GET', path: '/v3/projects/:id/tags', handle: getTags },
  { method: 'PUT', path: '/v3/projects/:id/tags', handle: setTags },
  { method: 'DELETE', path: '/v3/projects/:id/tags', handle: deleteTags },
  { method: 'GET', path: '/v3/projects/:id/tags/:tag', handle: getTag },
  { method: 'PUT', path: '/v3/projects/:id/tags/:tag', handle: addTag },
  { method: 'DELETE', path: '/v3/projects/:id/tags/:tag', handle: deleteTag },
  { method: 'GET', path: '/v3/users/:id/projects', handle: projectsOfUser },
];

function showProject(call: Call, row: Project): JsonObject {
  return shown(call, `/projects/${row.id}`, { ...row, tags: [...row.tags].sort() });
}

function showDomain(call: Call, row: Project): JsonObject {
  return shown(call, `/domains/${row.id}`, domainFields(row));
}

function listDomains(call: Call): Reply {
  adminOnly(call, 'identity:list_domains');
  const rows = [...projects(call.cloud).values()].filter(
    (row) => row.is_domain && fits(call, row, ['name', 'enabled', 'id']),
  );
  return { status: 200, body: pagedList(call, 'domains', rows, (row) => showDomain(call, row)) };
}

function createDomain(call: Call): Reply {
  adminOnly(call, 'identity:create_domain');
  const asked = askedFor(call, 'domain');
  const name = nameOf(call, 'domain', asked, 64);
  refuseNamedDomain(call.cloud, name, undefined);
  const { explicit_domain_id: explicit } = asked;
  const row = newProject(call, { ...asked, is_domain: true }, name, null, null);
  if (typeof explicit === 'string') row.id = explicit;
  projects(call.cloud).set(row.id, row);
  return { status: 201, body: { domain: showDomain(call, row) } };
}

function refuseNamedDomain(cloud: Cloud, name: string, self: string | undefined): void {
  if (![...projects(cloud).values()].some((row) => row.is_domain && row.name === name && row.id !== self)) return;
  throw conflict('project', `it is not permitted to have two projects acting as domains with the same name: ${name}`);
}

function newProject(
  call: Call,
  asked: JsonObject,
  name: string,
  domainId: string | null,
  parentId: string | null,
): Project {
  const { explicit_domain_id: _, ...rest } = asked;
  return {
    ...rest,
    id: call.cloud.newHexId(),
    name,
    domain_id: domainId,
    description: asked.description ?? '',
    enabled: booleanOf(call, asked, 'enabled', true),
    parent_id: parentId,
    is_domain: asked.is_domain === true,
    tags: tagList(asked.tags) ?? [],
    options: mergedOptions({}, asked.options),
  };
}

function getDomain(call: Call): Reply {
  const id = call.params.id ?? '';
  if (!call.context.isAdmin && call.context.userDomainId !== id) throw forbidden('identity:get_domain');
  return { status: 200, body: { domain: showDomain(call, foundDomain(call.cloud, id)) } };
}

function updateDomain(call: Call): Reply {
  adminOnly(call, 'identity:update_domain');
  const row = foundDomain(call.cloud, call.params.id ?? '');
  const asked = askedFor(call, 'domain');
  refuseImmutable('domain', row, 'update', asked);
  const name = renamed(call, 'domain', asked, row.name, 64);
  refuseNamedDomain(call.cloud, name, row.id);
  const changed = change(call, row, asked, name);
  return { status: 200, body: { domain: showDomain(call, changed) } };
}

function change(call: Call, row: Project, asked: JsonObject, name: string): Project {
  const changed: Project = {
    ...row,
    ...asked,
    id: row.id,
    name,
    domain_id: row.domain_id,
    parent_id: row.parent_id,
    is_domain: row.is_domain,
    description: asked.description === undefined ? row.description : asked.description,
    enabled: booleanOf(call, asked, 'enabled', row.enabled),
    tags: tagList(asked.tags) ?? row.tags,
    options: mergedOptions(row.options, asked.options),
  };
  projects(call.cloud).set(row.id, changed);
  return changed;
}

function deleteDomain(call: Call): Reply {
  adminOnly(call, 'identity:delete_domain');
  const { cloud } = call;
  const row = foundDomain(cloud, call.params.id ?? '');
  refuseImmutable('domain', row, 'delete');
  if (row.enabled) throw new Refusal(403, 'Cannot delete a domain that is enabled, please disable it first.');
  for (const user of users(cloud).values()) if (user.domain_id === row.id) forgetUser(cloud, user.id);
  for (const group of groups(cloud).values()) if (group.domain_id === row.id) forgetGroup(cloud, group.id);
  for (const role of roles(cloud).values()) if (role.domain_id === row.id) roles(cloud).delete(role.id);
  for (const id of [...below(cloud, row.id), row.id]) forgetProject(cloud, id);
  return { status: 204 };
}

/** No domain has a directory of its own here. */
function getDomainConfig(call: Call): Reply {
  adminOnly(call, 'identity:get_domain_config');
  const { id } = foundDomain(call.cloud, call.params.id ?? '');
  throw new Refusal(404, `Could not find any options in domain configuration for domain ${id}.`);
}

/** Removes a user with all that belongs to it. */
export function forgetUser(cloud: Cloud, id: string): void {
  users(cloud).delete(id);
  passwords(cloud).delete(id);
  for (const members of groupMembers(cloud).values()) members.delete(id);
  for (const grant of grants(cloud).values())
    if (grant.actor === 'user' && grant.actorId === id) grants(cloud).delete(grant.id);
  for (const each of applicationCredentials(cloud).values())
    if (each.userId === id) applicationCredentials(cloud).delete(each.id);
  for (const [key, each] of credentials(cloud)) if (each.user_id === id) credentials(cloud).delete(key);
}

/** Removes a group with its memberships and its role assignments. */
export function forgetGroup(cloud: Cloud, id: string): void {
  groups(cloud).delete(id);
  groupMembers(cloud).delete(id);
  for (const grant of grants(cloud).values())
    if (grant.actor === 'group' && grant.actorId === id) grants(cloud).delete(grant.id);
}

function forgetProject(cloud: Cloud, id: string): void {
  projects(cloud).delete(id);
  for (const grant of grants(cloud).values()) if (grant.targetId === id) grants(cloud).delete(grant.id);
  for (const [key, each] of credentials(cloud)) if (each.project_id === id) credentials(cloud).delete(key);
  for (const each of applicationCredentials(cloud).values())
    if (each.projectId === id) applicationCredentials(cloud).delete(each.id);
  for (const user of users(cloud).values()) if (user.default_project_id === id) delete user.default_project_id;
}

function listProjects(call: Call): Reply {
  adminOnly(call, 'identity:list_projects');
  refuseParentFilter(call);
  const wantsDomains = call.query.has('is_domain') && !/^(0|false)$/i.test(call.query.get('is_domain') ?? '');
  const rows = [...projects(call.cloud).values()].filter(
    (row) =>
      row.is_domain === wantsDomains &&
      fits(call, row, ['domain_id', 'enabled', 'name', 'parent_id', 'id']) &&
      hasTags(call.query, row.tags),
  );
  return { status: 200, body: pagedList(call, 'projects', rows, (row) => showProject(call, row)) };
}

/** Epoxy takes only a UUID as parent, which the domain `default` is not. */
function refuseParentFilter(call: Call): void {
  const parent = call.query.get('parent_id');
  if (
    parent === null ||
    call.cloud.options.release === 'zed' ||
    /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(parent)
  )
    return;
  throw new Refusal(400, `Invalid input for field/attribute parent_id. Value: ${parent}. '${parent}' is not a 'uuid'`);
}

function createProject(call: Call): Reply {
  adminOnly(call, 'identity:create_project');
  const asked = askedFor(call, 'project');
  const name = nameOf(call, 'project', asked, 64);
  if (asked.is_domain === true) return createDomainProject(call, asked, name);
  const parent = parentOf(call, asked);
  const domainId = domainOf(call, asked, parent);
  const row = newProject(call, asked, name, domainId, parent?.id ?? domainId);
  refuseNamedProject(call.cloud, row);
  projects(call.cloud).set(row.id, row);
  return { status: 201, body: { project: showProject(call, row) } };
}

function createDomainProject(call: Call, asked: JsonObject, name: string): Reply {
  if (typeof asked.parent_id === 'string') throw new Refusal(400, 'only root projects are allowed to act as domains.');
  refuseNamedDomain(call.cloud, name, undefined);
  const row = newProject(call, asked, name, null, null);
  projects(call.cloud).set(row.id, row);
  return { status: 201, body: { project: showProject(call, row) } };
}

function parentOf(call: Call, asked: JsonObject): Project | undefined {
  const { parent_id: id } = asked;
  return typeof id === 'string' ? found(projects(call.cloud), 'project', id) : undefined;
}

function domainOf(call: Call, asked: JsonObject, parent: Project | undefined): string {
  const { cloud } = call;
  const above = parent === undefined ? undefined : (parent.domain_id ?? parent.id);
  const domainId =
    typeof asked.domain_id === 'string' ? asked.domain_id : (above ?? call.context.domainId ?? scopeDomain(call));
  foundDomain(cloud, domainId);
  if (parent?.is_domain === true && parent.id !== domainId) {
    throw new Refusal(
      400,
      `Cannot create project, the parent (${parent.id}) is acting as a domain, but this project's domain id (${domainId}) does not match the parent's id.`,
    );
  }
  if (parent !== undefined && !parent.is_domain && parent.domain_id !== domainId) {
    throw new Refusal(
      400,
      `Cannot create project, since it specifies its domain_id ${domainId}, but specifies a parent in a different domain (${parent.domain_id}).`,
    );
  }
  refuseDisabledBranch(cloud, parent);
  return domainId;
}

function scopeDomain(call: Call): string {
  return projects(call.cloud).get(call.context.projectId ?? '')?.domain_id ?? 'default';
}

function refuseDisabledBranch(cloud: Cloud, parent: Project | undefined): void {
  if (parent === undefined) return;
  const disabled = [parent.id, ...above(cloud, parent.id)].find((id) => projects(cloud).get(id)?.enabled === false);
  if (disabled !== undefined) {
    throw new Refusal(400, `cannot create a project in a branch containing a disabled project: ${disabled}`);
  }
}

function refuseNamedProject(cloud: Cloud, row: Project): void {
  const taken = [...projects(cloud).values()].some(
    (each) => !each.is_domain && each.id !== row.id && each.domain_id === row.domain_id && each.name === row.name,
  );
  if (!taken) return;
  throw conflict(
    'project',
    `it is not permitted to have two projects with either the same name or same id in the same domain: name is ${row.name}, project id ${row.id}`,
  );
}

function getProject(call: Call): Reply {
  const id = call.params.id ?? '';
  if (!call.context.isAdmin && call.context.projectId !== id) throw forbidden('identity:get_project');
  return { status: 200, body: { project: showProject(call, found(projects(call.cloud), 'project', id)) } };
}

function updateProject(call: Call): Reply {
  adminOnly(call, 'identity:update_project');
  const { cloud } = call;
  const row = found(projects(cloud), 'project', call.params.id ?? '');
  const asked = askedFor(call, 'project');
  refuseImmutable('project', row, 'update', asked);
  if (asked.parent_id !== undefined && asked.parent_id !== row.parent_id) {
    throw new Refusal(403, 'Update of `parent_id` is not allowed.');
  }
  if (asked.is_domain !== undefined && asked.is_domain !== row.is_domain) {
    throw new Refusal(400, 'Update of `is_domain` is not allowed.');
  }
  if (asked.domain_id !== undefined && asked.domain_id !== row.domain_id) {
    throw new Refusal(400, 'Cannot change Domain ID');
  }
  refuseEnabling(cloud, row, asked.enabled);
  const name = renamed(call, 'project', asked, row.name, 64);
  refuseNamedProject(cloud, { ...row, name });
  const changed = change(call, row, asked, name);
  return { status: 200, body: { project: patched(showProject(call, changed), COLUMNS) } };
}

function refuseEnabling(cloud: Cloud, row: Project, enabled: Json | undefined): void {
  const isEnabled = (id: string): boolean => projects(cloud).get(id)?.enabled === true;
  if (enabled === true && !row.enabled && !above(cloud, row.id).every(isEnabled)) {
    throw new Refusal(403, `Cannot enable project ${row.id} since it has disabled parents`);
  }
  if (enabled === false && row.enabled && !row.is_domain && below(cloud, row.id).some(isEnabled)) {
    throw new Refusal(403, `Cannot disable project ${row.id} since its subtree contains enabled projects.`);
  }
}

function deleteProject(call: Call): Reply {
  adminOnly(call, 'identity:delete_project');
  const row = found(projects(call.cloud), 'project', call.params.id ?? '');
  refuseImmutable('project', row, 'delete');
  if (row.is_domain && row.enabled) {
    throw new Refusal(
      400,
      `cannot delete an enabled project acting as a domain. Please disable the project ${row.id} first.`,
    );
  }
  if (below(call.cloud, row.id).length > 0) {
    throw new Refusal(
      403,
      `Cannot delete the project ${row.id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree.`,
    );
  }
  forgetProject(call.cloud, row.id);
  return { status: 204 };
}

function projectsOfUser(call: Call): Reply {
  const id = call.params.id ?? '';
  if (call.context.userId !== id) adminOnly(call, 'identity:list_user_projects');
  found(users(call.cloud), 'user', id);
  const rows = [...projects(call.cloud).values()].filter(
    (row) =>
      !row.is_domain &&
      fits(call, row, ['name', 'enabled']) &&
      effectiveRoleIds(call.cloud, id, { scope: 'project', targetId: row.id }).length > 0,
  );
  return { status: 200, body: pagedList(call, 'projects', rows, (row) => showProject(call, row)) };
}

function tagList(value: Json | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === 'string' && !/[,/]/.test(tag) && tag !== '')) {
    throw new Refusal(400, `Invalid input for field 'tags': ${JSON.stringify(value)} is not valid`);
  }
  return value.map(String);
}

function tagged(call: Call): Project {
  return found(projects(call.cloud), 'project', call.params.id ?? '');
}

function tagsBody(call: Call, tags: readonly string[]): JsonObject {
  return { links: { self: `${call.baseUrl}/v3` }, tags: [...tags] };
}

function getTags(call: Call): Reply {
  const row = tagged(call);
  if (!call.context.isAdmin && call.context.projectId !== row.id) throw forbidden('identity:list_project_tags');
  return { status: 200, body: tagsBody(call, [...row.tags].sort()) };
}

function setTags(call: Call): Reply {
  adminOnly(call, 'identity:update_project_tags');
  const row = tagged(call);
  const tags = tagList(isObject(call.body) ? call.body.tags : undefined) ?? [];
  row.tags = tags;
  return { status: 200, body: tagsBody(call, tags) };
}

function deleteTags(call: Call): Reply {
  adminOnly(call, 'identity:delete_project_tags');
  tagged(call).tags = [];
  return { status: 204 };
}

function getTag(call: Call): Reply {
  const row = tagged(call);
  const tag = call.params.tag ?? '';
  if (!row.tags.includes(tag)) throw new Refusal(404, `Could not find project tag: ${tag}.`);
  return { status: 204 };
}

function addTag(call: Call): Reply {
  adminOnly(call, 'identity:create_project_tag');
  const row = tagged(call);
  row.tags = [...new Set([...row.tags, call.params.tag ?? ''])];
  return { status: 201 };
}

function deleteTag(call: Call): Reply {
  adminOnly(call, 'identity:delete_project_tag');
  const row = tagged(call);
  const tag = call.params.tag ?? '';
  if (!row.tags.includes(tag)) throw new Refusal(404, `Could not find project tag: ${tag}.`);
  row.tags = row.tags.filter((each) => each !== tag);
  return { status: 204 };
}
