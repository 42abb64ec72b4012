import { isJsonObject } from '@osm/kernel';
import { alternately } from '@osm/testing/bench-figures';
import { setTimeout as pause } from 'node:timers/promises';
import { setup as build } from '../build-apps.ts';
import { bounds, type Bench } from './bench.ts';
import { configure } from './openstack-migrate.ts';
import { startCloud, startLink, type CloudProcess } from './start-clouds.ts';

const gib = 1024 ** 3;
const linkBytesPerSecond = 100e6;
/** What was written lies in so many places, as files do on a disk. */
const extents = 64;
const cluster = 64 * 1024;

/** The bytes of one of these places. */
const extentBytes = (size: number): number => Math.floor((size * gib) / 10 / extents / cluster) * cluster;

interface Made {
  readonly id: string;
  readonly size: number;
  readonly hash: string;
}

/** A volume of which a tenth was ever written. */
const makeVolume = async (cloud: CloudProcess, size: number): Promise<Made> => {
  const body = { volume: { name: `sparse-${size}`, size } };
  const { body: made } = await cloud.admin.send('block-storage', { method: 'POST', path: '/volumes', body });
  const id = String(isJsonObject(made) && isJsonObject(made['volume']) ? made['volume']['id'] : undefined);
  while ((await statusOf(cloud, id)) !== 'available') await pause(50);
  const places = Array.from({ length: extents }, (_, index) => (index * size * gib) / extents);
  await cloud.ask({ does: 'write', volumeId: id, places, bytes: extentBytes(size) });
  return { id, size, hash: await cloud.ask({ does: 'hash', volumeId: id }) };
};

const statusOf = async ({ admin }: CloudProcess, id: string): Promise<unknown> => {
  const { body } = await admin.send('block-storage', { method: 'GET', path: `/volumes/${id}` });
  return isJsonObject(body) && isJsonObject(body['volume']) ? body['volume']['status'] : undefined;
};

const removeVolume = ({ admin }: CloudProcess, id: string) =>
  admin.send('block-storage', { method: 'DELETE', path: `/volumes/${id}` });

/**
 * A volume of 10 GiB of which a tenth was ever written, over a link between the product and the destination, as qcow2;
 * against one of 1 GiB as it is, for ten of those take the fake clouds many minutes. The whole product does it, by its
 * command line.
 */
export const volumeSparse: Bench = {
  name: 'volume-sparse',
  summary: '10 GiB volume, 10 % allocated, over a link of 100 MB/s: bytes on the wire, and the time against raw',
  run: async ({ rounds, tell }) => {
    await build();
    const source = await startCloud({ name: 'source', release: 'zed', networkType: 'vxlan' });
    const destination = await startCloud({ name: 'destination', release: 'epoxy', networkType: 'geneve' });
    const port = Number(new URL(destination.url).port);
    const link = await startLink({ port, bytesPerSecond: linkBytesPerSecond });
    const behindLink = { ...destination.entry, image_endpoint_override: `http://127.0.0.1:${link.port}/image/v2` };
    const ours = await makeVolume(source, 10);
    const plain = await makeVolume(source, 1);

    const crossing = (volume: Made, format: 'qcow2' | 'raw') => async () => {
      const policy = { multitenant_mode: false, volume_disk_format: format };
      using product = configure({ source: source.entry, destination: behindLink, policy });
      await link.passed();
      const { destinationId, seconds } = await product.start('volume', volume.id);
      const wireBytes = await link.passed();
      const twin = await destination.ask({ does: 'hash', volumeId: destinationId });
      if (twin !== volume.hash) throw new Error(`the ${format} copy ${destinationId} of the volume holds other bytes`);
      await removeVolume(destination, destinationId);
      const wireRatio = wireBytes / (extents * extentBytes(volume.size));
      return { secondsPerGib: seconds / volume.size, wireMibPerGib: wireBytes / 1024 ** 2 / volume.size, wireRatio };
    };
    const sides = await alternately(
      rounds,
      { qcow2: crossing(ours, 'qcow2'), raw: crossing(plain, 'raw') },
      (side, round, { secondsPerGib, wireMibPerGib }) =>
        tell(`${round + 1}: ${side} ${secondsPerGib.toFixed(1)} s and ${wireMibPerGib.toFixed(0)} MiB for each GiB`),
    );
    await Promise.all([source.end(), destination.end(), link.end()]);
    const wireRatio = sides.qcow2.wireRatio.median;
    const timesFaster = sides.raw.secondsPerGib.median / sides.qcow2.secondsPerGib.median;
    return {
      sides,
      keys: { wireRatio, timesFaster },
      missed: bounds({ key: 'wireRatio', value: wireRatio, most: 1.15 }),
    };
  },
};
