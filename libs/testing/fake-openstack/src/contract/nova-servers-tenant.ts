/** What servers stand on, made for a contract suite and taken away after it: networks, an image, flavors, a key. */
import { randomUUID } from 'node:crypto';
import type { Answer, ContractCloud, Session } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName, until } from './glance-session.ts';

/** The newest microversion that both releases have. */
export const NEWEST = '2.93';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ1y6Y0o8iWGf8Vw2zqFJ8wS6n8eDkqHhq6bG7V0gqv someone@somewhere';

/** A project with what a server needs. */
export interface ServerTenant {
  readonly admin: Session;
  readonly session: Session;
  readonly image: string;
  readonly imageBytes: Buffer;
  /** A flavor with a disk of 1 GiB, and one without a disk. */
  readonly flavor: string;
  readonly diskless: string;
  /** Two networks with a subnet each, named `front` and `back`. */
  readonly front: string;
  readonly back: string;
  readonly key: string;
  readonly suffix: string;
  /** Makes a port and gives its id. */
  makePort(network: string, port?: object): Promise<string>;
  /** Makes a volume and waits until it is available. */
  makeVolume(volume: object): Promise<string>;
  /** Takes all away, the project's servers first. */
  remove(): Promise<void>;
}

/** A request to Nova with a microversion. */
export function nova(session: Session, method: string, path: string, json?: object, version = NEWEST): Promise<Answer> {
  const headers = { 'OpenStack-API-Version': `compute ${version}` };
  return session.call('compute', method, path, json === undefined ? { headers } : { json, headers });
}

/** Waits until a server has the status and is left in peace. */
export function settled(session: Session, id: string, status: string): Promise<Answer> {
  return until(
    () => nova(session, 'GET', `/servers/${id}`),
    (answer) => {
      const now = at(answer, 'server', 'status');
      if (now === 'ERROR' && status !== 'ERROR') throw new Error(`the server failed: ${JSON.stringify(answer.body)}`);
      return now === status && at(answer, 'server', 'OS-EXT-STS:task_state') === null;
    },
  );
}

/** Deletes a server and waits until it is gone; asks again when a busy cloud gives up and leaves it in ERROR. */
export async function removeServer(session: Session, id: string): Promise<void> {
  await nova(session, 'DELETE', `/servers/${id}`);
  await until(
    async () => {
      const answer = await nova(session, 'GET', `/servers/${id}`);
      const isIdle = at(answer, 'server', 'OS-EXT-STS:task_state') === null;
      if (isIdle && at(answer, 'server', 'status') === 'ERROR') await nova(session, 'DELETE', `/servers/${id}`);
      return answer;
    },
    ({ status }) => status === 404,
  );
}

/** The rows under a key of an answer. */
export function rowsOf(answer: Answer, key: string): unknown[] {
  const rows = at(answer, key);
  return Array.isArray(rows) ? rows : [];
}

/** Makes a project with what servers stand on. */
export async function makeServerTenant(cloud: ContractCloud): Promise<ServerTenant> {
  const admin = await signIn(cloud);
  const tenant = await makeTenant(cloud, admin);
  const { session } = tenant;
  const suffix = randomUUID().slice(0, 8);
  const [front, back] = [
    await makeNetwork(session, 'front', '10.71.0.0/24'),
    await makeNetwork(session, 'back', '10.72.0.0/24'),
  ];
  const imageBytes = Buffer.alloc(64 * 1024, 'contract');
  const image = await makeImage(session, imageBytes);
  const [flavor, diskless] = [await makeFlavor(admin, 1), await makeFlavor(admin, 0)];
  const key = `contract-${suffix}`;
  await nova(session, 'POST', '/os-keypairs', { keypair: { name: key, public_key: KEY } });
  return {
    ...{ admin, session, image, imageBytes, flavor, diskless, front, back, key, suffix },
    makePort: async (network, port = {}) => {
      const made = await session.call('network', 'POST', '/v2.0/ports', {
        json: { port: { network_id: network, ...port } },
      });
      return text(made, 'port', 'id');
    },
    makeVolume: (volume) => makeVolume(session, volume),
    remove: async () => {
      await removeServers(session);
      await nova(session, 'DELETE', `/os-keypairs/${key}`);
      for (const id of [flavor, diskless]) await nova(admin, 'DELETE', `/flavors/${id}`);
      await removeStorage(session);
      await removeNetworks(session);
      await tenant.remove();
    },
  };
}

async function makeNetwork(session: Session, name: string, cidr: string): Promise<string> {
  const network = text(
    await session.call('network', 'POST', '/v2.0/networks', { json: { network: { name } } }),
    'network',
    'id',
  );
  await session.call('network', 'POST', '/v2.0/subnets', {
    json: { subnet: { network_id: network, cidr, ip_version: 4, enable_dhcp: false } },
  });
  return network;
}

async function makeImage(session: Session, bytes: Buffer): Promise<string> {
  const json = {
    name: 'contract',
    disk_format: 'raw',
    container_format: 'bare',
    os_distro: 'debian',
    hw_disk_bus: 'virtio',
  };
  const id = text(await session.call('image', 'POST', '/v2/images', { json }), 'id');
  await session.call('image', 'PUT', `/v2/images/${id}/file`, { bytes });
  return id;
}

async function makeFlavor(admin: Session, disk: number): Promise<string> {
  const flavor = { name: uniqueName('flavor'), ram: 64, vcpus: 1, disk };
  return text(await nova(admin, 'POST', '/flavors', { flavor }), 'flavor', 'id');
}

async function makeVolume(session: Session, volume: object): Promise<string> {
  const made = await session.call('volumev3', 'POST', '/volumes', { json: { volume: { size: 1, ...volume } } });
  const id = text(made, 'volume', 'id');
  await until(
    () => session.call('volumev3', 'GET', `/volumes/${id}`),
    (answer) => at(answer, 'volume', 'status') === 'available',
  );
  return id;
}

async function removeServers(session: Session): Promise<void> {
  const ids = rowsOf(await nova(session, 'GET', '/servers'), 'servers').map((row) => String(Object(row).id));
  for (const id of ids) await nova(session, 'POST', `/servers/${id}/action`, { unlock: null });
  for (const id of ids) await removeServer(session, id);
  for (const row of rowsOf(await nova(session, 'GET', '/os-server-groups'), 'server_groups')) {
    await nova(session, 'DELETE', `/os-server-groups/${String(Object(row).id)}`);
  }
}

async function removeStorage(session: Session): Promise<void> {
  const own = `/v2/images?owner=${session.projectId}`;
  for (const row of rowsOf(await session.call('image', 'GET', own), 'images')) {
    await session.call('image', 'DELETE', `/v2/images/${String(Object(row).id)}`);
  }
  for (const kind of ['snapshots', 'volumes']) {
    for (const row of rowsOf(await session.call('volumev3', 'GET', `/${kind}`), kind)) {
      await session.call('volumev3', 'DELETE', `/${kind}/${String(Object(row).id)}`);
    }
    await until(
      () => session.call('volumev3', 'GET', `/${kind}`),
      (answer) => rowsOf(answer, kind).length === 0,
    );
  }
}

async function removeNetworks(session: Session): Promise<void> {
  for (const kind of ['ports', 'networks', 'security-groups']) {
    const key = kind.replace('-', '_');
    const own = `/v2.0/${kind}?project_id=${session.projectId}`;
    for (const row of rowsOf(await session.call('network', 'GET', own), key)) {
      if (String(Object(row).device_owner).startsWith('network:')) continue;
      await session.call('network', 'DELETE', `/v2.0/${kind}/${String(Object(row).id)}`);
    }
  }
}
