import type { JsonObject } from '@osm/kernel';
import { isJsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { listed } from '../listed.ts';
import { nameOf, namesById, only, unordered, type Thing, type View } from './thing.ts';

/** The tenant's domain and what is in it. */
export interface Identities {
  readonly domains: readonly JsonObject[];
  readonly projects: readonly JsonObject[];
  readonly users: readonly JsonObject[];
}

/** The domain of the prefix, with its projects and users; empty lists where there is none. */
export const readIdentities = async (cloud: Cloud, prefix: string): Promise<Identities> => {
  const query = { name: `${prefix}acme` };
  const domains = await listed(cloud, 'identity', { path: '/domains', key: 'domains', query });
  const inDomains = async (path: string, key: string) =>
    (
      await Promise.all(
        domains.map(({ id }) => listed(cloud, 'identity', { path, key, query: { domain_id: String(id) } })),
      )
    ).flat();
  return { domains, projects: await inDomains('/projects', 'projects'), users: await inDomains('/users', 'users') };
};

/** Domains, projects, users, roles, and who may do what where. */
export const identityThings = async (view: View, { domains, projects, users }: Identities): Promise<Thing[]> => {
  const roles = await readRoles(view.cloud, domains);
  const roleNames = namesById(roles);
  const implied = await readImplied(view.cloud);
  const assigned = await readAssignments(view, roleNames);
  const ours = roles.filter(({ name, domain_id }) => String(name).startsWith(view.prefix) || domain_id != null);
  return [
    ...domains.map((domain) => ({
      type: 'domain',
      place: String(domain['name']),
      looks: {
        ...only(domain, 'description', 'enabled', 'options'),
        tags: unordered(domain['tags']),
        assigned: assigned.get(String(domain['id'])),
      },
    })),
    ...projects.map((project) => ({
      type: 'project',
      place: String(project['name']),
      looks: {
        ...only(project, 'description', 'enabled', 'is_domain', 'options'),
        tags: unordered(project['tags']),
        domain: nameOf(view.domains, project['domain_id']),
        parent: nameOf(new Map([...view.domains, ...view.projects]), project['parent_id']),
        assigned: assigned.get(String(project['id'])),
      },
    })),
    ...users.map((user) => ({
      type: 'user',
      place: String(user['name']),
      looks: {
        ...only(user, 'email', 'enabled', 'options'),
        // Keystone shows an absent description in the answer of a user as no attribute at all.
        description: user['description'] ?? '',
        default_project: user['default_project_id'] == null ? null : nameOf(view.projects, user['default_project_id']),
      },
    })),
    ...ours.map((role) => ({
      type: 'role',
      place: String(role['name']),
      looks: {
        ...only(role, 'description', 'options'),
        domain: role['domain_id'] == null ? null : nameOf(view.domains, role['domain_id']),
        implies: unordered((implied.get(String(role['id'])) ?? []).map((id) => nameOf(roleNames, id))),
      },
    })),
  ];
};

/** The plain list shows only the roles of no domain. */
const readRoles = async (cloud: Cloud, domains: readonly JsonObject[]): Promise<readonly JsonObject[]> => {
  const listing = { path: '/roles', key: 'roles' };
  const own = domains.map(({ id }) => listed(cloud, 'identity', { ...listing, query: { domain_id: String(id) } }));
  return [...(await listed(cloud, 'identity', listing)), ...(await Promise.all(own)).flat()];
};

const readImplied = async (cloud: Cloud): Promise<ReadonlyMap<string, readonly string[]>> => {
  const inferences = await listed(cloud, 'identity', { path: '/role_inferences', key: 'role_inferences' });
  return new Map(
    inferences.map(({ prior_role, implies }) => [
      String(isJsonObject(prior_role) ? prior_role['id'] : ''),
      (Array.isArray(implies) ? implies : []).flatMap((one) => (isJsonObject(one) ? String(one['id']) : [])),
    ]),
  );
};

/** By project or domain: everybody's roles there, also those of people from elsewhere. */
const readAssignments = async (
  { cloud, domains, projects, users }: View,
  roles: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const scopes = [
    ...[...domains.keys()].map((id) => ({ id, name: 'scope.domain.id' })),
    ...[...projects.keys()].map((id) => ({ id, name: 'scope.project.id' })),
  ];
  const found = scopes.map(async ({ id, name }) => {
    const query = { [name]: id };
    const all = await listed(cloud, 'identity', { path: '/role_assignments', key: 'role_assignments', query });
    const words = all.map(({ user, group, role, scope }) => {
      const who = isJsonObject(user) ? `user ${nameOf(users, user['id'])}` : `group ${JSON.stringify(group)}`;
      const inherited = isJsonObject(scope) && scope['OS-INHERIT:inherited_to'] !== undefined ? ', inherited' : '';
      return `${who} is ${nameOf(roles, isJsonObject(role) ? role['id'] : '')}${inherited}`;
    });
    return [id, words.sort()] as const;
  });
  return new Map(await Promise.all(found));
};
