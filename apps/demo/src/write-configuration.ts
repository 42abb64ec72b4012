import { writeCloudsYaml, type CloudEntry } from '@osm/testing/fake-openstack';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The files that `openstack-migrate` is pointed to. */
export interface Configuration {
  readonly config: string;
  readonly clouds: string;
  readonly data: string;
}

/** Writes `clouds.yaml`, which is for its owner only, and the configuration of the route between the two clouds. */
export const writeConfiguration = async (
  folder: string,
  entries: { readonly source: CloudEntry; readonly destination: CloudEntry },
): Promise<Configuration> => {
  const at = (name: string): string => path.resolve(folder, name);
  const files = { config: at('config.yaml'), clouds: at('clouds.yaml'), data: at('data') };
  await mkdir(folder, { recursive: true });
  await writeCloudsYaml(files.clouds, [
    { name: 'source', entry: entries.source },
    { name: 'destination', entry: entries.destination },
  ]);
  await writeFile(files.config, configText(files, at('sqlite.db')));
  return files;
};

const configText = ({ clouds, data }: Configuration, database: string): string => `\
cloud_config_file: ${JSON.stringify(clouds)}
source_cloud_name: source
destination_cloud_name: destination

# The event log and the registry live here.
data_directory: ${JSON.stringify(data)}

# Where a database of the Python tool would be taken over from: none here, and none of yours.
database_file: ${JSON.stringify(database)}

# Volume types are moved too, so every volume keeps its own.
preserve_volume_type: true

# On one machine no request is on its way for longer than this.
settle_seconds: 1
`;

/** Signs in as the user `admin`. */
export const adminEntry = (authUrl: string, password: string): CloudEntry => ({
  auth: {
    auth_url: authUrl,
    username: 'admin',
    password,
    project_name: 'admin',
    user_domain_name: 'Default',
    project_domain_name: 'Default',
  },
  region_name: 'RegionOne',
  identity_api_version: 3,
});
