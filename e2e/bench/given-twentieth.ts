import type { Cloud } from '@osm/resource';
import { bytesOf, make, makeImage, until } from '@osm/testing/tenant';

/** What was seeded: the ids that a migration begins with, and how many of each type there are. */
export interface Twentieth {
  readonly domainId: string;
  readonly projectId: string;
  readonly counts: { readonly [type: string]: number };
}

const networks = 10;
const subnetsEach = 2;
const routers = 3;
const groups = 15;
const rulesEach = 10;
const ports = 100;
const volumes = 40;
const servers = 40;

/**
 * A twentieth of the tenant that the field's figures are about, in one project: 10 networks, 20 subnets, 3 routers, 15 security
 * groups of 10 rules, 100 ports, 40 volumes and 40 servers.
 */
export const givenTwentieth = async (cloud: Cloud): Promise<Twentieth> => {
  const domain = await make(cloud, 'identity', '/domains', 'domain', { name: 'twentieth' });
  const project = await make(cloud, 'identity', '/projects', 'project', { name: 'web', domain_id: domain.id });
  const { userId } = await cloud.whoAmI();
  const admin = await roleNamed(cloud, 'admin');
  const grant = `/projects/${project.id}/users/${userId}/roles/${admin}`;
  await cloud.send('identity', { method: 'PUT', path: grant });
  const inside = cloud.inProject(project.id);
  const subnets = await givenNetworks(cloud, project.id);
  const groupIds = await givenGroups(cloud, project.id);
  const portIds = await givenPorts(cloud, project.id, subnets, groupIds);
  await givenServers(inside, portIds);
  // The loan that seeding took is no part of the tenant.
  await cloud.send('identity', { method: 'DELETE', path: grant });
  return {
    domainId: domain.id,
    projectId: project.id,
    counts: {
      network: networks,
      subnet: networks * subnetsEach,
      router: routers,
      'security-group': groups,
      'security-group-rule': groups * rulesEach,
      port: ports,
      volume: volumes,
      instance: servers,
    },
  };
};

interface SubnetPlace {
  readonly id: string;
  readonly networkId: string;
  readonly range: string;
}

const givenNetworks = async (cloud: Cloud, project_id: string): Promise<readonly SubnetPlace[]> => {
  const places: SubnetPlace[] = [];
  for (let at = 0; at < networks; at++) {
    const { id: networkId } = await make(cloud, 'network', '/networks', 'network', { name: `net-${at}`, project_id });
    for (let part = 0; part < subnetsEach; part++) {
      const range = `10.${at}.${part}`;
      const body = {
        name: `sub-${at}-${part}`,
        network_id: networkId,
        cidr: `${range}.0/24`,
        ip_version: 4,
        project_id,
      };
      places.push({ id: (await make(cloud, 'network', '/subnets', 'subnet', body)).id, networkId, range });
    }
  }
  for (let at = 0; at < routers; at++) {
    const router = await make(cloud, 'network', '/routers', 'router', { name: `router-${at}`, project_id });
    for (const { id } of places.filter((_, index) => index % routers === at)) {
      const path = `/routers/${router.id}/add_router_interface`;
      await cloud.send('network', { method: 'PUT', path, body: { subnet_id: id } });
    }
  }
  return places;
};

const givenGroups = async (cloud: Cloud, project_id: string): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let at = 0; at < groups; at++) {
    const name = `group-${at}`;
    const { id } = await make(cloud, 'network', '/security-groups', 'security_group', { name, project_id });
    ids.push(id);
    // Two of the ten, to anywhere, are there from the beginning.
    for (let port = 1; port <= rulesEach - 2; port++) {
      const range = { protocol: 'tcp', port_range_min: 8000 + port, port_range_max: 8000 + port };
      const rule = { security_group_id: id, direction: 'ingress', ...range, project_id };
      await make(cloud, 'network', '/security-group-rules', 'security_group_rule', rule);
    }
  }
  return ids;
};

const givenPorts = async (
  cloud: Cloud,
  project_id: string,
  subnets: readonly SubnetPlace[],
  groupIds: readonly string[],
): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let at = 0; at < ports; at++) {
    const subnet = subnets[at % subnets.length];
    if (subnet === undefined) throw new Error('there are no subnets');
    const fixed_ips = [{ subnet_id: subnet.id, ip_address: `${subnet.range}.${50 + Math.floor(at / subnets.length)}` }];
    const security_groups = [groupIds[at % groupIds.length] ?? ''];
    const body = { name: `port-${at}`, network_id: subnet.networkId, fixed_ips, security_groups, project_id };
    ids.push((await make(cloud, 'network', '/ports', 'port', body)).id);
  }
  return ids;
};

/** Each boots from an image, has two ports, and a volume; the last twenty ports are free. */
const givenServers = async (cloud: Cloud, portIds: readonly string[]): Promise<void> => {
  const flavor = await make(cloud, 'compute', '/flavors', 'flavor', { name: 'twentieth', ram: 64, vcpus: 1, disk: 1 });
  const imageRef = await makeImage(cloud, 'golden', bytesOf('golden', 64 * 1024));
  for (let at = 0; at < servers; at++) {
    const name = `server-${at}`;
    const networksOf = [portIds[2 * at], portIds[2 * at + 1]].map((port) => ({ port }));
    const body = { name, flavorRef: flavor.id, imageRef, networks: networksOf };
    const { id } = await make(cloud, 'compute', '/servers', 'server', body);
    const volume = await make(cloud, 'block-storage', '/volumes', 'volume', { name: `disk-${at}`, size: 1 });
    const isSettled = ({ status }: { readonly status?: unknown }): boolean =>
      status === 'ACTIVE' || status === 'available';
    await until(cloud, 'compute', `/servers/${id}`, 'server', isSettled);
    await until(cloud, 'block-storage', `/volumes/${volume.id}`, 'volume', isSettled);
    const attachment = { method: 'POST', path: `/servers/${id}/os-volume_attachments` } as const;
    await cloud.send('compute', { ...attachment, body: { volumeAttachment: { volumeId: volume.id } } });
  }
};

const roleNamed = async (cloud: Cloud, name: string): Promise<string> => {
  for await (const { id } of cloud.list('identity', '/roles', { key: 'roles', query: { name } })) return String(id);
  throw new Error(`the cloud has no role ${name}`);
};
