import type { JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { listed } from './listed.ts';
import { bytesOf, make, makeImage } from './made.ts';

/** A project that nobody migrates, in the domain that every cloud has. */
export interface Bystander {
  /** Everything of it as its cloud shows it now, with the times of the last change. */
  look(): Promise<readonly JsonObject[]>;
  remove(): Promise<void>;
}

/** Makes a second tenant beside the one that is migrated: what happens to it is never anybody's business. */
export const seedBystander = async (admin: Cloud, prefix: string): Promise<Bystander> => {
  const domain_id = 'default';
  const project = await make(admin, 'identity', '/projects', 'project', { name: `${prefix}bystander`, domain_id });
  const project_id = project.id;
  const network = await make(admin, 'network', '/networks', 'network', { name: 'front', project_id });
  const subnet = { name: 'front-a', project_id, network_id: network.id, cidr: '10.10.0.0/24', ip_version: 4 };
  const { id: subnetId } = await make(admin, 'network', '/subnets', 'subnet', subnet);
  const group = await make(admin, 'network', '/security-groups', 'security_group', { name: 'web', project_id });
  const imageId = await makeImage(admin, 'golden', bytesOf('bystander', 4096), { owner: project_id });
  const paths = [
    ['identity', `/projects/${project_id}`],
    ['network', `/networks/${network.id}`],
    ['network', `/subnets/${subnetId}`],
    ['network', `/security-groups/${group.id}`],
    ['image', `/images/${imageId}`],
  ] as const;
  return {
    look: async () => {
      const bodies: JsonObject[] = [];
      for (const [service, path] of paths) {
        const { body } = await admin.send(service, { method: 'GET', path });
        bodies.push({ path, body });
      }
      return bodies;
    },
    remove: async () => {
      for (const [service, path] of paths.toReversed()) {
        await admin.send(service, { method: 'DELETE', path, accept: [404] });
      }
      const groups = { path: '/security-groups', key: 'security_groups', query: { project_id } };
      for (const { id } of await listed(admin, 'network', groups)) {
        await admin.send('network', { method: 'DELETE', path: `/security-groups/${String(id)}` });
      }
    },
  };
};
