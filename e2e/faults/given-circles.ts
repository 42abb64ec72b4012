import type { Cloud } from '@osm/resource';
import { make } from '@osm/testing/tenant';
import type { Shop } from './given-shop.ts';

/** How many groups let in the next one's members, the last one the first one's. */
export const circle = 4;

/** Security groups that name each other in a circle and themselves, and two routers that join the same two networks. */
export const givenCircles = async (cloud: Cloud, { projectId, ids }: Shop): Promise<void> => {
  const project_id = projectId;
  const groups: string[] = [];
  for (let at = 0; at < circle; at++) {
    groups.push(
      (await make(cloud, 'network', '/security-groups', 'security_group', { name: `ring-${at}`, project_id })).id,
    );
  }
  for (const [at, security_group_id] of groups.entries()) {
    for (const remote_group_id of [groups[(at + 1) % circle], security_group_id]) {
      const rule = { security_group_id, remote_group_id, direction: 'ingress', protocol: 'tcp', project_id };
      await make(cloud, 'network', '/security-group-rules', 'security_group_rule', rule);
    }
  }
  for (const [at, name] of ['left', 'right'].entries()) {
    const router = await make(cloud, 'network', '/routers', 'router', { name, project_id });
    for (const net of [1, 2]) {
      const subnet_id = ids.get(`subnet sub-${net}`) ?? '';
      const network_id = ids.get(`network net-${net}`) ?? '';
      const fixed_ips = [{ subnet_id, ip_address: `10.${net}.0.${250 + at}` }];
      const port = await make(cloud, 'network', '/ports', 'port', { network_id, fixed_ips, project_id });
      const path = `/routers/${router.id}/add_router_interface`;
      await cloud.send('network', { method: 'PUT', path, body: { port_id: port.id } });
    }
  }
};
