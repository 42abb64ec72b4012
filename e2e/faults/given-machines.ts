import type { Cloud } from '@osm/resource';
import { bytesOf, listed, make, makeVolume, until } from '@osm/testing/tenant';
import type { Shop } from './given-shop.ts';

/** The clouds have volume types of their own, and none is mapped. */
export const otherType = /volume_type is "ssd", and of the twin "fast"/;

/** In a project, where the administrator has a role for as long as it works there. */
export const within = async <T>(admin: Cloud, projectId: string, work: (inside: Cloud) => Promise<T>): Promise<T> => {
  const { userId } = await admin.whoAmI();
  const [member] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: 'member' } });
  const path = `/projects/${projectId}/users/${userId}/roles/${String(member?.['id'])}`;
  await admin.send('identity', { method: 'PUT', path });
  try {
    return await work(admin.inProject(projectId));
  } finally {
    await admin.send('identity', { method: 'DELETE', path });
  }
};

/** A server that boots from a volume, and a load balancer. */
export const givenMachines = async (admin: Cloud, { projectId, prefix, ids }: Shop): Promise<void> => {
  const sizes = { name: `${prefix}tiny`, ram: 64, vcpus: 1, disk: 1 };
  const { id: flavorRef } = await make(admin, 'compute', '/flavors', 'flavor', sizes);
  await within(admin, projectId, async (inside) => {
    const disk = await makeVolume(inside, 'disk', bytesOf('disk', 100_000));
    const boot = { uuid: disk, source_type: 'volume', destination_type: 'volume', boot_index: 0 };
    const networks = [{ uuid: ids.get('network net-1') ?? '' }];
    const server = { name: 'machine', flavorRef, networks, block_device_mapping_v2: [boot] };
    const { id } = await make(inside, 'compute', '/servers', 'server', server);
    await until(inside, 'compute', `/servers/${id}`, 'server', ({ status }) => status === 'ACTIVE');
  });
  const front = { name: 'front', project_id: projectId, vip_subnet_id: ids.get('subnet sub-2') ?? '' };
  const { id } = await make(admin, 'load-balancer', '/lbaas/loadbalancers', 'loadbalancer', front);
  const path = `/lbaas/loadbalancers/${id}`;
  const isActive = ({ provisioning_status: state }: { readonly [name: string]: unknown }): boolean =>
    state === 'ACTIVE';
  await until(admin, 'load-balancer', path, 'loadbalancer', isActive);
};
