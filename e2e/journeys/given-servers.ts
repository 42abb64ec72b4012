import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud, Request, ServiceName } from '@osm/resource';
import { writeServerDisk } from '@osm/testing/fake-openstack';
import { openClouds, type Clouds } from '@osm/testing/harness';
import { bytesOf, inner, listed, make, makeImage, makeVolume, signInTo } from '@osm/testing/tenant';

/** The newest that the older of the two releases has. */
export const microversion = '2.93';

/** Two clouds, and in the first of them a project with two servers. */
export interface GivenServers {
  readonly clouds: Clouds;
  readonly prefix: string;
  readonly projectId: string;
  /** Booted from an image, its root disk changed since, with everything that a server can have; stopped and locked. */
  readonly full: string;
  /** Booted from a volume, which goes with it; running. */
  readonly fromVolume: string;
  /** The two cards of `full`, in order: the first one's network comes last in the alphabet. */
  readonly cards: readonly string[];
  readonly dataVolume: string;
  /** The second one of `full`. */
  readonly logVolume: string;
  readonly rootVolume: string;
  readonly groupId: string;
  readonly flavorId: string;
  readonly imageId: string;
  readonly keyName: string;
  readonly ann: Cloud;
  end(): Promise<void>;
}

/** Opens the clouds and fills the source. */
export const givenServers = async (): Promise<GivenServers> => {
  const clouds = await openClouds();
  const { source, destination } = clouds;
  const { admin } = source;
  const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
  const users = signInTo(source.name, source.config);
  const end = async (): Promise<void> => {
    users.close();
    if (clouds.kind === 'real') {
      await removeServers(admin, prefix);
      await removeServers(destination.admin, prefix);
    }
    await clouds.close();
  };
  try {
    const { id: projectId } = await make(admin, 'identity', '/projects', 'project', { name: `${prefix}shop` });
    const password = randomBytes(12).toString('hex');
    const { id: userId } = await make(admin, 'identity', '/users', 'user', { name: `${prefix}ann`, password });
    const [member] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: 'member' } });
    const role = `/projects/${projectId}/users/${userId}/roles/${String(member?.['id'])}`;
    await admin.send('identity', { method: 'PUT', path: role });
    const sizes = { name: `${prefix}tiny`, ram: 64, vcpus: 1, disk: 1 };
    const { id: flavorId } = await make(admin, 'compute', '/flavors', 'flavor', sizes);
    const ann = users.signIn({ name: `${prefix}ann`, password, domainId: 'default', projectId });
    const fake = source.fake;
    const tenant = await seedTenant(ann, prefix, flavorId, (id) => {
      if (fake !== undefined) writeServerDisk(fake, id, bytesOf('written by the guest', 4096), 100_000);
    });
    return { ...tenant, clouds, prefix, projectId, flavorId, ann, end };
  } catch (error) {
    await end();
    throw error;
  }
};

const seedTenant = async (ann: Cloud, prefix: string, flavorRef: string, guestWrites: (id: string) => void) => {
  const keyName = `${prefix}ann's key`.replace("'", '');
  const keypair = { name: keyName, public_key: newPublicKey() };
  await make(ann, 'compute', '/os-keypairs', 'keypair', keypair, '2.92');
  const apart = { name: `${prefix}apart`, policy: 'anti-affinity', rules: { max_server_per_host: 2 } };
  const { id: groupId } = await make(ann, 'compute', '/os-server-groups', 'server_group', apart, '2.64');
  const cards = [await makePort(ann, `${prefix}zebra`, 91), await makePort(ann, `${prefix}apple`, 92)];
  const imageId = await makeImage(ann, `${prefix}base`, bytesOf('base', 300_000), {
    ...{ hw_disk_bus: 'virtio', hw_firmware_type: 'uefi', min_disk: 1 },
  });
  const dataVolume = await makeVolume(ann, `${prefix}data`, bytesOf('data', 5000));
  const logVolume = await makeVolume(ann, `${prefix}log`, bytesOf('log', 6000));
  const rootVolume = await makeVolume(ann, `${prefix}root`, bytesOf('root', 7000));
  const full = await boot(ann, {
    'os:scheduler_hints': { group: groupId },
    server: {
      ...{ name: `${prefix}full`, description: 'the shop', hostname: 'shop-1', flavorRef, imageRef: imageId },
      ...{ metadata: { role: 'front', empty: '' }, tags: ['prod', 'tier 1'], key_name: keyName, config_drive: true },
      user_data: Buffer.from('#cloud-config\nhostname: shop\n').toString('base64'),
      networks: cards.map((port) => ({ port })),
      accessIPv4: '203.0.113.9',
      'OS-DCF:diskConfig': 'AUTO',
      block_device_mapping_v2: [
        {
          ...{ uuid: imageId, source_type: 'image', destination_type: 'local' },
          boot_index: 0,
          delete_on_termination: true,
        },
        { ...{ uuid: dataVolume, source_type: 'volume', destination_type: 'volume' }, boot_index: -1, tag: 'data' },
        { ...{ uuid: logVolume, source_type: 'volume', destination_type: 'volume' }, boot_index: -1 },
      ],
    },
  });
  const root = { uuid: rootVolume, source_type: 'volume', destination_type: 'volume' };
  const fromVolume = await boot(ann, {
    server: {
      ...{ name: `${prefix}from-volume`, flavorRef, networks: 'none' },
      block_device_mapping_v2: [{ ...root, boot_index: 0, delete_on_termination: true }],
    },
  });
  guestWrites(full);
  await act(ann, full, { 'os-stop': null });
  await untilServer(ann, full, ({ status }) => status === 'SHUTOFF');
  await act(ann, full, { lock: { locked_reason: 'audit' } });
  return { keyName, groupId, cards, imageId, dataVolume, logVolume, rootVolume, full, fromVolume };
};

/** A network with a port in it; returns the port's id. */
const makePort = async (ann: Cloud, name: string, third: number): Promise<string> => {
  const { id: network_id } = await make(ann, 'network', '/networks', 'network', { name });
  const subnet = { network_id, name, ip_version: 4, cidr: `10.${third}.0.0/24`, gateway_ip: null };
  const { id: subnet_id } = await make(ann, 'network', '/subnets', 'subnet', subnet);
  const fixed_ips = [{ subnet_id, ip_address: `10.${third}.0.20` }];
  return (await make(ann, 'network', '/ports', 'port', { network_id, name, fixed_ips })).id;
};

const boot = async (ann: Cloud, body: JsonObject): Promise<string> => {
  const answer = await ann.send('compute', { method: 'POST', path: '/servers', body, microversion });
  const id = String(inner(answer.body, 'server')['id']);
  await untilServer(ann, id, ({ status }) => status === 'ACTIVE');
  return id;
};

/** Does something with a server. */
export const act = async (cloud: Cloud, id: string, body: JsonObject): Promise<void> => {
  await cloud.send('compute', { method: 'POST', path: `/servers/${id}/action`, body, microversion });
};

/** A server as the cloud shows it, or undefined. */
export const showServer = async (cloud: Cloud, id: string, part = ''): Promise<JsonObject | undefined> => {
  const request: Request = { method: 'GET', path: `/servers/${id}${part}`, microversion, accept: [404] };
  const { status, body } = await cloud.send('compute', request);
  if (status === 404 || !isJsonObject(body)) return undefined;
  return part === '' && isJsonObject(body['server']) ? body['server'] : body;
};

const untilServer = (cloud: Cloud, id: string, isSo: (server: JsonObject) => boolean): Promise<void> =>
  until(async () => {
    const server = await showServer(cloud, id);
    if (server?.['status'] === 'ERROR') throw new Error(`${cloud.name}: ${JSON.stringify(server['fault'])}`);
    return server !== undefined && isSo(server);
  });

/** Asks again until it is so; fails after three minutes. */
export const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 180_000; !(await isSo()); await pause(200)) {
    if (Date.now() > deadline) throw new Error('it is not so after three minutes');
  }
};

const newPublicKey = (): string => {
  const key = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32]),
    randomBytes(32),
  ]);
  return `ssh-ed25519 ${key.toString('base64')} ann@example`;
};

/** Everything of that prefix goes, on a real cloud. */
const removeServers = async (admin: Cloud, prefix: string): Promise<void> => {
  const isOurs = ({ name }: JsonObject): boolean => String(name).startsWith(prefix);
  const all_tenants = { all_tenants: '1' };
  const ours = async (service: ServiceName, path: string, key: string, query: { [name: string]: string } = {}) =>
    (await listed(admin, service, { path, key, query })).filter(isOurs);
  const remove = (service: ServiceName, path: string) => admin.send(service, { method: 'DELETE', path, accept: [404] });
  const servers = () => ours('compute', '/servers/detail', 'servers', all_tenants);
  for (const { id } of await servers()) await remove('compute', `/servers/${String(id)}`);
  await until(async () => (await servers()).length === 0);
  for (const { id } of await listed(admin, 'compute', {
    ...{ path: '/os-server-groups', key: 'server_groups', query: { all_projects: 'True' } },
  }).then((groups) => groups.filter(isOurs)))
    await remove('compute', `/os-server-groups/${String(id)}`);
  for (const { id } of await ours('block-storage', '/volumes/detail', 'volumes', all_tenants))
    await remove('block-storage', `/volumes/${String(id)}`);
  for (const hidden of ['false', 'true'])
    for (const { id } of await ours('image', '/images', 'images', { os_hidden: hidden }))
      await remove('image', `/images/${String(id)}`);
  for (const kind of ['ports', 'networks'])
    for (const { id } of await ours('network', `/${kind}`, kind)) await remove('network', `/${kind}/${String(id)}`);
  const projects = await ours('identity', '/projects', 'projects');
  for (const { id } of projects) {
    const query = { project_id: String(id) };
    for (const group of await listed(admin, 'network', { path: '/security-groups', key: 'security_groups', query }))
      await remove('network', `/security-groups/${String(group['id'])}`);
  }
  for (const { id } of await ours('compute', '/flavors', 'flavors', { is_public: 'None' }))
    await remove('compute', `/flavors/${String(id)}`);
  for (const { id } of await ours('identity', '/users', 'users')) {
    const user_id = String(id);
    const query = { user_id };
    const options = { key: 'keypairs', query, microversion: '2.92' };
    for await (const item of admin.list('compute', '/os-keypairs', options)) {
      const name = encodeURIComponent(String(inner(item, 'keypair')['name']));
      const path = `/os-keypairs/${name}`;
      await admin.send('compute', { method: 'DELETE', path, query, microversion: '2.92', accept: [404] });
    }
    await remove('identity', `/users/${user_id}`);
  }
  for (const { id } of projects) await remove('identity', `/projects/${String(id)}`);
};

/** The hash that Glance has of an image of this server's disk, made now and removed again. */
export const hashOfDisk = async (admin: Cloud, serverId: string, name: string): Promise<Json> => {
  const path = `/servers/${serverId}/action`;
  const request = { method: 'POST', path, body: { createImage: { name } }, microversion } as const;
  const { body } = await admin.send('compute', request);
  const imageId = isJsonObject(body) ? String(body['image_id']) : '';
  let image: Json = null;
  await until(async () => {
    image = (await admin.send('image', { method: 'GET', path: `/images/${imageId}` })).body;
    return isJsonObject(image) && image['status'] === 'active';
  });
  await admin.send('image', { method: 'DELETE', path: `/images/${imageId}` });
  return isJsonObject(image) ? (image['os_hash_value'] ?? null) : null;
};
