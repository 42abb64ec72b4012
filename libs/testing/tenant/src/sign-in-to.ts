import { openCloud, type CloudConfig, type OpenCloud, type OpenCloudOptions } from '@osm/openstack';

/** A user, as the one that signs in. */
export interface User {
  readonly name: string;
  readonly password: string;
  readonly domainId: string;
  readonly projectId: string;
}

/** Sessions of several users in one cloud. */
export interface Sessions {
  signIn(user: User): OpenCloud;
  /** Closes those that were opened. */
  close(): void;
}

/** Signs in to the cloud of this configuration as users other than its own. */
export const signInTo = (name: string, config: CloudConfig, options: OpenCloudOptions = {}): Sessions => {
  const opened: OpenCloud[] = [];
  return {
    signIn: (user) => {
      const credential = {
        type: 'password',
        user: { name: user.name, domain: { id: user.domainId } },
        password: user.password,
      } as const;
      const scope = { type: 'project', project: { id: user.projectId } } as const;
      const cloud = openCloud(name, { ...config, credential, scope }, options);
      opened.push(cloud);
      return cloud;
    },
    close: () => opened.forEach((cloud) => cloud.close()),
  };
};
