import { loadClouds, openCloud, type CloudConfig, type OpenCloud } from '@osm/openstack';
import { startFakeCloud, writeCloudsYaml, type FakeCloud } from '@osm/testing/fake-openstack';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** One end of a journey. */
export interface End {
  readonly name: string;
  readonly config: CloudConfig;
  /** As its administrator, beside the system that is tested. */
  readonly admin: OpenCloud;
  /** The fake cloud behind it, where it is one. */
  readonly fake: FakeCloud | undefined;
}

/** Two clouds to migrate between. */
export interface Clouds {
  /** Fake ones, or those of somebody's `clouds.yaml`. */
  readonly kind: 'fake' | 'real';
  readonly route: { readonly source: string; readonly destination: string };
  readonly cloudsYaml: string;
  readonly source: End;
  readonly destination: End;
  /** A directory that goes with the clouds. */
  readonly folder: string;
  close(): Promise<void>;
}

/**
 * Opens the clouds that `OSM_E2E_CLOUDS` asks for: fake ones, or with `lab` those that OSM_E2E_SOURCE and
 * OSM_E2E_DESTINATION name in the `clouds.yaml` of OS_CLIENT_CONFIG_FILE.
 */
export const openClouds = (): Promise<Clouds> =>
  process.env['OSM_E2E_CLOUDS'] === 'lab' ? openRealClouds() : openFakeClouds();

/** Two fake clouds that differ as clouds of different ages do. */
export const openFakeClouds = async (
  options: { readonly latencyMs?: number; readonly adminPassword?: string } = {},
): Promise<Clouds> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-e2e-'));
  const both = { adminPassword: 'admin-Secret-1', ...options };
  const source = await startFakeCloud({
    ...both,
    name: 'old',
    release: 'zed',
    region: 'RegionOne',
    networkType: 'vxlan',
    publicCidr: '198.18.1.0/24',
    volumeTypes: ['ssd', 'hdd'],
  });
  const destination = await startFakeCloud({
    ...both,
    name: 'new',
    release: 'epoxy',
    region: 'RegionTwo',
    networkType: 'geneve',
    publicCidr: '198.18.2.0/24',
    volumeTypes: ['fast', 'capacity'],
  });
  const cloudsYaml = path.join(folder, 'clouds.yaml');
  const entries = [source, destination].map((fake) => ({ name: fake.options.name, entry: fake.adminCloudsYamlEntry }));
  await writeCloudsYaml(cloudsYaml, entries);
  const clouds = await openNamed('fake', cloudsYaml, { source: 'old', destination: 'new' }, folder);
  return {
    ...clouds,
    source: { ...clouds.source, fake: source },
    destination: { ...clouds.destination, fake: destination },
    close: async () => {
      await clouds.close();
      await Promise.all([source.close(), destination.close()]);
    },
  };
};

const openRealClouds = async (): Promise<Clouds> => {
  const { env } = process;
  const cloudsYaml = env['OS_CLIENT_CONFIG_FILE'];
  if (cloudsYaml === undefined) throw new Error('set OS_CLIENT_CONFIG_FILE to the clouds.yaml of the two clouds');
  const route = {
    source: env['OSM_E2E_SOURCE'] ?? 'source-admin',
    destination: env['OSM_E2E_DESTINATION'] ?? 'destination-admin',
  };
  return openNamed('real', cloudsYaml, route, mkdtempSync(path.join(tmpdir(), 'osm-e2e-')));
};

const openNamed = async (
  kind: Clouds['kind'],
  cloudsYaml: string,
  route: Clouds['route'],
  folder: string,
): Promise<Clouds> => {
  const clouds = await loadClouds({ file: cloudsYaml, env: process.env, cwd: folder, home: homedir() });
  const end = (name: string): End => {
    const config = clouds.named(name);
    return { name, config, admin: openCloud(name, config, { userAgent: 'osm-e2e' }), fake: undefined };
  };
  const source = end(route.source);
  const destination = end(route.destination);
  return {
    kind,
    route,
    cloudsYaml,
    source,
    destination,
    folder,
    close: async () => {
      source.admin.close();
      destination.admin.close();
      rmSync(folder, { recursive: true });
    },
  };
};
