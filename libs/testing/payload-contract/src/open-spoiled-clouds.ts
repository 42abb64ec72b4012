import { openCloud, parseClouds } from '@osm/openstack';
import type { Cloud } from '@osm/resource';
import { startFakeCloud, type Release } from '@osm/testing/fake-openstack';
import { openRoad, type IsData } from './open-road.ts';
import type { PayloadFault } from './payload-driver.ts';

/** Two fake clouds with a road to each, on which bytes can come to harm. */
export interface SpoiledClouds extends AsyncDisposable {
  /** As the product sees them: by the road. */
  readonly source: Cloud;
  readonly destination: Cloud;
  /** The same without the road, to prepare and to look. */
  readonly straight: { readonly source: Cloud; readonly destination: Cloud };
  spoil(fault: PayloadFault): Promise<void>;
}

/** `service`: the type in the catalogue that the road leads to; `path`: what its endpoint has after the host. */
export const openSpoiledClouds = async (service: string, path: string, isData: IsData): Promise<SpoiledClouds> => {
  const open = async (name: string, release: Release) => {
    const fake = await startFakeCloud({
      ...{ name, region: 'R1', release, networkType: 'vxlan', volumeTypes: ['ssd'], adminPassword: 'lab' },
    });
    const road = await openRoad(fake.url, isData);
    const named = (override: object) => {
      const text = JSON.stringify({ clouds: { [name]: { ...fake.adminCloudsYamlEntry, ...override } } });
      return openCloud(name, parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named(name));
    };
    const straight = named({});
    const cloud = named({ [`${service.replaceAll('-', '_')}_endpoint_override`]: `${road.url}${path}` });
    const close = async (): Promise<void> => {
      straight.close();
      cloud.close();
      await road[Symbol.asyncDispose]();
      await fake.close();
    };
    return { straight, cloud, road, close };
  };
  const [source, destination] = await Promise.all([open('source', 'zed'), open('destination', 'epoxy')]);
  return {
    source: source.cloud,
    destination: destination.cloud,
    straight: { source: source.straight, destination: destination.straight },
    spoil: (fault) => (fault === 'corrupted' || fault === 'slow-destination' ? destination : source).road.spoil(fault),
    [Symbol.asyncDispose]: async () => {
      await source.close();
      await destination.close();
    },
  };
};
