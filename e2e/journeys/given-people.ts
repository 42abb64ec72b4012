import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { listed, make } from '@osm/testing/tenant';

export const password = 'e2e-Secret-1';

/** What was made for a journey, by its names. */
export interface People {
  readonly acme: string;
  readonly globex: string;
  readonly projects: { readonly [name: string]: string };
  readonly users: { readonly [name: string]: string };
  readonly group: string;
  readonly access: string;
}

const post = async (cloud: Cloud, key: string, one: string, body: JsonObject): Promise<string> =>
  (await make(cloud, 'identity', `/${key}`, one, body)).id;

const put = (cloud: Cloud, path: string) => cloud.send('identity', { method: 'PUT', path });

const rolesNamed = async (cloud: Cloud): Promise<ReadonlyMap<string, string>> => {
  const all = await listed(cloud, 'identity', { path: '/roles', key: 'roles' });
  return new Map(all.map(({ name, id }) => [String(name), String(id)]));
};

/**
 * A company with a tree of projects, people, groups and roles of every kind, and another one that has lent it a person and
 * a project.
 */
export const seedPeople = async (cloud: Cloud, prefix: string, secret: string): Promise<People> => {
  const acme = await post(cloud, 'domains', 'domain', { name: `${prefix}acme`, description: '', tags: ['gold'] });
  const globex = await post(cloud, 'domains', 'domain', { name: `${prefix}globex` });
  const project = (name: string, parent_id: string, more: JsonObject = {}) =>
    post(cloud, 'projects', 'project', { name, domain_id: parent_id === globex ? globex : acme, parent_id, ...more });
  const web = await project('web', acme, { description: 'shop', tags: ['prod', 'tier 1'] });
  const team = await project('team', web, { description: '' });
  const squad = await project('squad', team);
  // Below what is disabled nothing can be made, and above what is enabled nothing disabled.
  await project('deep', squad, { enabled: false, options: { immutable: true }, tags: ['kept'] });
  await cloud.send('identity', { method: 'PATCH', path: `/projects/${squad}`, body: { project: { enabled: false } } });
  const erp = await project('erp', globex);

  const roles = await rolesNamed(cloud);
  const auditor = await post(cloud, 'roles', 'role', { name: `${prefix}auditor`, description: 'reads all' });
  const local = await post(cloud, 'roles', 'role', { name: 'local', domain_id: acme });
  const role = (name: string): string => roles.get(name) ?? '';
  await put(cloud, `/roles/${auditor}/implies/${role('reader')}`);
  await put(cloud, `/roles/${local}/implies/${auditor}`);

  const user = (name: string, body: JsonObject = {}) =>
    post(cloud, 'users', 'user', { name, domain_id: acme, password, ...body });
  const alice = await user('alice', {
    default_project_id: web,
    email: 'alice@acme.example',
    description: '',
    options: { lock_password: true, multi_factor_auth_rules: [['password', 'totp']], ignore_password_expiry: false },
  });
  const bob = await user('bob', { enabled: false, description: null });
  const carol = await user('carol', { domain_id: globex });
  await user('dave', { domain_id: globex });
  const group = await post(cloud, 'groups', 'group', { name: 'ops', domain_id: acme, description: 'Operators' });
  for (const member of [alice, bob, carol]) await put(cloud, `/groups/${group}/users/${member}`);
  for (const place of [
    `/projects/${web}/users/${alice}/roles/${role('member')}`,
    `/projects/${web}/users/${alice}/roles/${auditor}`,
    `/projects/${team}/users/${alice}/roles/${local}`,
    `/projects/${erp}/users/${alice}/roles/${role('reader')}`,
    `/OS-INHERIT/projects/${web}/users/${bob}/roles/${role('reader')}/inherited_to_projects`,
    `/domains/${acme}/users/${bob}/roles/${local}`,
    `/OS-INHERIT/domains/${acme}/users/${bob}/roles/${role('reader')}/inherited_to_projects`,
    `/system/users/${bob}/roles/${role('reader')}`,
    `/projects/${web}/groups/${group}/roles/${role('reader')}`,
    `/domains/${acme}/groups/${group}/roles/${auditor}`,
    `/OS-INHERIT/domains/${acme}/groups/${group}/roles/${local}/inherited_to_projects`,
  ]) {
    await put(cloud, place);
  }
  const access = `${prefix}access`;
  const blob = JSON.stringify({ access, secret, trust_id: null });
  await post(cloud, 'credentials', 'credential', { type: 'ec2', user_id: alice, project_id: web, blob });
  for (const type of ['totp', 'cert']) {
    await post(cloud, 'credentials', 'credential', { type, user_id: bob, blob: `${type}-${secret}` });
  }
  const projects = { web, team, squad, erp };
  return { acme, globex, projects, users: { alice, bob, carol }, group, access };
};

/** A new colleague. */
export const hire = async (cloud: Cloud, name: string, { acme, group }: People): Promise<string> => {
  const id = await post(cloud, 'users', 'user', { name, domain_id: acme, description: '' });
  await put(cloud, `/groups/${group}/users/${id}`);
  return id;
};

/** What the owner hands on: nobody can do that for her. */
export const handOn = async (alice: Cloud, { users, projects }: People): Promise<void> => {
  const credential = { name: 'ci', roles: [{ name: 'member' }] };
  const path = `/users/${users['alice'] ?? ''}/application_credentials`;
  await alice.send('identity', { method: 'POST', path, body: { application_credential: credential } });
  const { alice: trustor_user_id = '', bob: trustee_user_id = '' } = users;
  const given = { trustor_user_id, trustee_user_id, project_id: projects['web'] ?? '', impersonation: true };
  await make(alice, 'identity', '/OS-TRUST/trusts', 'trust', { ...given, roles: [{ name: 'member' }] });
};

/** Everything of a domain, as raw JSON with names for ids; what each cloud makes itself is left out. */
export const pictureOf = async (cloud: Cloud, domainName: string): Promise<JsonObject> => {
  const all = (key: string, query: { readonly [name: string]: string } = {}) =>
    listed(cloud, 'identity', { path: `/${key}`, key, query });
  const [domain] = await all('domains', { name: domainName });
  if (domain === undefined) throw new Error(`${cloud.name} has no domain ${domainName}`);
  const within = { domain_id: String(domain['id']) };
  // On a real cloud others may look into its projects at this moment, which leaves a mark as long as it takes.
  const projects: readonly JsonObject[] = (await all('projects', within)).map(({ tags, ...project }) => ({
    ...project,
    tags: Array.isArray(tags) ? tags.filter((tag) => !/^osm-.*-lent-/.test(String(tag))) : [],
  }));
  const users = await all('users', within);
  const groups = await all('groups', within);
  const localRoles = await all('roles', within);
  const people = new Set([...users, ...groups].map(({ id }) => id));
  const everybody = [...(await all('users')), ...(await all('projects')), ...(await all('domains'))];
  const known = [...everybody, ...users, ...groups, ...localRoles, ...(await all('roles'))];
  const names = new Map(known.map(({ id, name }) => [String(id), String(name)]));
  const members = await Promise.all(
    groups.map(async ({ id, name }) => ({
      group: name ?? null,
      users: (await listed(cloud, 'identity', { path: `/groups/${String(id)}/users`, key: 'users' }))
        .map((user) => String(user['name']))
        .sort(),
    })),
  );
  const assignments = (await all('role_assignments')).filter(({ user, group }) =>
    [user, group].some((who) => isJsonObject(who) && people.has(who['id'] ?? null)),
  );
  const credentials = (await all('credentials')).filter(({ user_id }) => people.has(user_id ?? null));
  const roles = [
    ...localRoles,
    ...(await all('roles')).filter(({ name }) => String(name).startsWith(domainName.slice(0, 10))),
  ];
  const { body } = await cloud.send('identity', { method: 'GET', path: '/role_inferences' });
  const rules = isJsonObject(body) && Array.isArray(body['role_inferences']) ? body['role_inferences'] : [];
  const inferences = rules
    .filter(isJsonObject)
    .filter((rule) => roles.some(({ id }) => isJsonObject(rule['prior_role']) && rule['prior_role']['id'] === id));
  const shown = { domain: [domain], projects, users, groups, roles, members, assignments, credentials, inferences };
  return Object.fromEntries(
    Object.entries(shown).map(([key, rows]) => [
      key,
      rows
        .map((row) => named(row, names))
        .map(sortedText)
        .sort(),
    ]),
  );
};

/** Attributes that each cloud makes itself. */
const own = new Set(['id', 'links']);

/** The value with names for ids, in every depth. */
const named = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => named(each, names));
  if (!isJsonObject(value)) return value;
  // A relation shows an id and nothing else: that one is looked up.
  const bare = Object.keys(value).every((key) => own.has(key) || key === 'name' || key === 'domain_id');
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === 'links' || (key === 'id' && !bare)) return [];
      return [[key, named(inner, names)]];
    }),
  );
};

const sortedText = (value: unknown): string => JSON.stringify(ordered(value));

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, ordered(v)]),
  );
};

/** Takes away what a journey has made, on whichever cloud. */
export const removePeople = async (cloud: Cloud, prefix: string): Promise<void> => {
  const all = (key: string, query: { readonly [name: string]: string } = {}) =>
    listed(cloud, 'identity', { path: `/${key}`, key, query });
  const gone = (path: string) => cloud.send('identity', { method: 'DELETE', path, accept: [404] });
  for (const name of [`${prefix}acme`, `${prefix}globex`]) {
    for (const { id } of await all('domains', { name })) {
      const projects = await all('projects', { domain_id: String(id) });
      const isFrozen = ({ options }: JsonObject): boolean => isJsonObject(options) && options['immutable'] === true;
      const change = (project: JsonObject, body: JsonObject) =>
        cloud.send('identity', {
          method: 'PATCH',
          path: `/projects/${String(project['id'])}`,
          body: { project: body },
        });
      // Keystone changes nothing below what is disabled, not even that it may be changed.
      const closed = projects.filter((project) => project['enabled'] === false && !isFrozen(project));
      for (const project of closed) await change(project, { enabled: true });
      for (const project of projects.filter(isFrozen)) await change(project, { options: { immutable: false } });
      const body = { domain: { enabled: false } };
      await cloud.send('identity', { method: 'PATCH', path: `/domains/${String(id)}`, body });
      await gone(`/domains/${String(id)}`);
    }
  }
  for (const { id, name } of await all('roles'))
    if (String(name).startsWith(prefix)) await gone(`/roles/${String(id)}`);
};
