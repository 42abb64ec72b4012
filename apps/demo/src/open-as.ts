import { openCloud, type CloudConfig, type OpenCloud } from '@osm/openstack';

/** A user of a project, both by id or by name. */
export interface SignIn {
  readonly user: string;
  readonly password: string;
  /** The user's domain; `default` when absent. */
  readonly domainId?: string;
  /** The project's id; the project `admin` when absent. */
  readonly projectId?: string;
}

/** Signs in to one of the two clouds beside the tool that is shown: to fill it, and to look at it. */
export const openAs = (name: string, authUrl: string, { user, password, domainId, projectId }: SignIn): OpenCloud => {
  const config: CloudConfig = {
    file: 'the demo',
    authUrl,
    credential: { type: 'password', user: { name: user, domain: { id: domainId ?? 'default' } }, password },
    scope: {
      type: 'project',
      project: projectId === undefined ? { name: 'admin', domain: { id: 'default' } } : { id: projectId },
    },
    region: undefined,
    interface: 'public',
    tls: { verify: true, cacert: undefined, cert: undefined, key: undefined },
    endpointOverrides: {},
  };
  return openCloud(name, config, { userAgent: 'openstack-migrate-demo' });
};
