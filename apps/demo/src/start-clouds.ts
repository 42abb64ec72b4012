import { startFakeCloud, type FakeCloud } from '@osm/testing/fake-openstack';

/** A cloud to leave and a cloud to go to, of different releases. */
export interface TwoClouds {
  readonly source: FakeCloud;
  readonly destination: FakeCloud;
  close(): Promise<void>;
}

export interface CloudChoices {
  /** The source's port, the next one is the destination's; 0 takes free ones. */
  readonly port: number;
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  readonly adminPassword: string;
}

/** Starts two clouds that differ as clouds of different ages do: release, segmentation, volume types, public addresses. */
export const startClouds = async ({ port, latencyMs, adminPassword }: CloudChoices): Promise<TwoClouds> => {
  const both = { region: 'RegionOne', latencyMs, adminPassword };
  const source = await startFakeCloud({
    ...both,
    name: 'source',
    release: 'zed',
    port,
    networkType: 'vxlan',
    publicCidr: '198.18.1.0/24',
    volumeTypes: ['ssd'],
  });
  try {
    const destination = await startFakeCloud({
      ...both,
      name: 'destination',
      release: 'epoxy',
      port: port === 0 ? 0 : port + 1,
      networkType: 'geneve',
      publicCidr: '198.18.2.0/24',
      volumeTypes: ['nvme'],
    });
    const close = async (): Promise<void> => {
      await Promise.all([source.close(), destination.close()]);
    };
    return { source, destination, close };
  } catch (error) {
    await source.close();
    throw error;
  }
};
