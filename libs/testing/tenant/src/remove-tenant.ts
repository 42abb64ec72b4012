import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud, Request, ServiceName } from '@osm/resource';
import { setTimeout as pause } from 'node:timers/promises';
import { listed } from './listed.ts';

/**
 * Removes a tenant from a cloud, whoever made it there: the domain of this prefix with all that its projects own, and
 * flavors, volume types and roles of the prefix. What is not there is fine.
 */
export const removeTenant = async (admin: Cloud, prefix: string): Promise<void> => {
  if (prefix === '') throw new Error('a tenant without a prefix cannot be told from others');
  const query = { name: `${prefix}acme` };
  const domains = await listed(admin, 'identity', { path: '/domains', key: 'domains', query });
  const projects = (await Promise.all(domains.map((domain) => projectsOf(admin, domain)))).flat();
  const users = (await Promise.all(domains.map((domain) => usersOf(admin, domain)))).flat();
  for (const projectId of projects.map(idOf)) {
    await removeImages(admin, projectId);
    await removeVolumes(admin, projectId);
    await removeNetworks(admin, projectId);
  }
  for (const user of users) await removeKeypairs(admin, user);
  await removeNamed(admin, 'compute', {
    path: '/flavors/detail',
    key: 'flavors',
    prefix,
    query: { is_public: 'None' },
  });
  await removeNamed(admin, 'block-storage', {
    path: '/types',
    key: 'volume_types',
    prefix,
    query: { is_public: 'None' },
  });
  for (const id of users.map(idOf)) await gone(admin, 'identity', `/users/${id}`);
  // Children first: Keystone refuses to delete what has some.
  for (const id of projects.map(idOf).toReversed()) await gone(admin, 'identity', `/projects/${id}`);
  for (const id of domains.map(idOf)) {
    const path = `/domains/${id}`;
    await admin.send('identity', { method: 'PATCH', path, body: { domain: { enabled: false } } });
    await gone(admin, 'identity', path);
  }
  await removeNamed(admin, 'identity', { path: '/roles', key: 'roles', prefix, query: {} });
};

const idOf = ({ id }: JsonObject): string => String(id);

const gone = async (admin: Cloud, service: ServiceName, path: string): Promise<void> => {
  await admin.send(service, { method: 'DELETE', path, accept: [404] });
};

/** Parents before their children. */
const projectsOf = async (admin: Cloud, domain: JsonObject): Promise<readonly JsonObject[]> => {
  const query = { domain_id: idOf(domain) };
  const all = await listed(admin, 'identity', { path: '/projects', key: 'projects', query });
  const isChild = ({ parent_id }: JsonObject): boolean => parent_id != null && parent_id !== domain['id'];
  return [...all.filter((each) => !isChild(each)), ...all.filter(isChild)];
};

const usersOf = (admin: Cloud, domain: JsonObject): Promise<readonly JsonObject[]> =>
  listed(admin, 'identity', { path: '/users', key: 'users', query: { domain_id: idOf(domain) } });

const removeImages = async (admin: Cloud, owner: string): Promise<void> => {
  const shown = await listed(admin, 'image', { path: '/images', key: 'images', query: { owner, visibility: 'all' } });
  const hidden = { owner, visibility: 'all', os_hidden: 'true' };
  const others = await listed(admin, 'image', { path: '/images', key: 'images', query: hidden });
  for (const image of [...shown, ...others]) {
    const path = `/images/${idOf(image)}`;
    if (image['protected'] === true) {
      const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
      const body = [{ op: 'replace', path: '/protected', value: false }];
      await admin.send('image', { method: 'PATCH', path, headers, body });
    }
    await gone(admin, 'image', path);
  }
};

const removeVolumes = async (admin: Cloud, projectId: string): Promise<void> => {
  const query = { all_tenants: '1', project_id: projectId };
  const volumes = () => listed(admin, 'block-storage', { path: '/volumes/detail', key: 'volumes', query });
  for (const { id } of await volumes()) await gone(admin, 'block-storage', `/volumes/${String(id)}`);
  await untilNone(volumes, `the volumes of project ${projectId}`);
};

const untilNone = async (list: () => Promise<readonly JsonObject[]>, what: string): Promise<void> => {
  const deadline = Date.now() + 120_000;
  for (let wait = 20; (await list()).length > 0; wait = Math.min(wait * 1.5, 1000)) {
    if (Date.now() > deadline) throw new Error(`${what} are still there`);
    await pause(wait);
  }
};

const removeNetworks = async (admin: Cloud, projectId: string): Promise<void> => {
  const query = { project_id: projectId };
  const all = (path: string, key: string, more: { readonly [name: string]: string } = query) =>
    listed(admin, 'network', { path, key, query: more });
  for (const { id } of await all('/routers', 'routers')) {
    const router = `/routers/${String(id)}`;
    const change = async (path: string, body: object): Promise<void> => {
      const request: Request = { method: 'PUT', path: `${router}${path}`, body, accept: [404] };
      await admin.send('network', request);
    };
    await change('', { router: { routes: [] } });
    for (const port of await all('/ports', 'ports', { device_id: String(id) })) {
      if (port['device_owner'] !== 'network:router_gateway') {
        await change('/remove_router_interface', { port_id: port['id'] });
      }
    }
    await gone(admin, 'network', router);
  }
  for (const { id } of await all('/ports', 'ports')) await gone(admin, 'network', `/ports/${String(id)}`);
  for (const { id } of await all('/networks', 'networks')) await gone(admin, 'network', `/networks/${String(id)}`);
  const groups = await all('/security-groups', 'security_groups');
  for (const { id } of groups.filter(({ name }) => name !== 'default')) {
    await gone(admin, 'network', `/security-groups/${String(id)}`);
  }
  // Asking for a project's groups makes the default one, so it goes last.
  for (const { id } of groups.filter(({ name }) => name === 'default')) {
    await gone(admin, 'network', `/security-groups/${String(id)}`);
  }
};

const removeKeypairs = async (admin: Cloud, { id }: JsonObject): Promise<void> => {
  const query = { user_id: String(id) };
  const listing = { path: '/os-keypairs', key: 'keypairs', query, microversion: '2.35' };
  for (const { keypair } of await listed(admin, 'compute', listing)) {
    const name = isJsonObject(keypair) ? encodeURIComponent(String(keypair['name'])) : '';
    const path = `/os-keypairs/${name}`;
    await admin.send('compute', { method: 'DELETE', path, query, microversion: '2.10', accept: [404] });
  }
};

interface Named {
  readonly path: string;
  readonly key: string;
  readonly prefix: string;
  readonly query: { readonly [name: string]: string };
}

const removeNamed = async (admin: Cloud, service: ServiceName, { prefix, ...listing }: Named): Promise<void> => {
  const root = listing.path.replace('/detail', '');
  for (const { id, name } of await listed(admin, service, listing)) {
    if (String(name).startsWith(prefix)) await gone(admin, service, `${root}/${String(id)}`);
  }
};
