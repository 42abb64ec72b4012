import type { OpenCloud } from '@osm/openstack';
import type { Cloud } from '@osm/resource';
import { seedTenant, type Tenant } from '@osm/testing/tenant';
import { openAs } from './open-as.ts';

/** Makes the tenant in a cloud, with the admin's credential and as the tenant's own user. */
export const fillSource = async (admin: Cloud, authUrl: string): Promise<Tenant> => {
  const opened: OpenCloud[] = [];
  try {
    return await seedTenant(admin, {
      prefix: '',
      externalNetworkId: await externalNetworkOf(admin),
      signIn: ({ name, password, domainId, projectId }) => {
        const cloud = openAs(admin.name, authUrl, { user: name, password, domainId, projectId });
        opened.push(cloud);
        return cloud;
      },
    });
  } finally {
    for (const cloud of opened) cloud.close();
  }
};

/** The id of a cloud's external network: the one in which routers have their gateways. */
export const externalNetworkOf = async (cloud: Cloud): Promise<string> => {
  const query = { 'router:external': 'true' };
  for await (const { id } of cloud.list('network', '/networks', { key: 'networks', query })) return String(id);
  throw new Error(`${cloud.name} has no external network`);
};
