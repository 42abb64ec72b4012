import { isJsonObject, type JsonObject } from '@osm/kernel';
import { bytesOf, listed, make, makeImage } from '@osm/testing/tenant';
import { fakeOf } from './fake-of.ts';
import type { Scene } from './stage.ts';

/** Things of somebody else at the destination, each in the way of one twin. */
export interface Strangers {
  readonly imageId: string;
  /** Of the source. */
  readonly flavorId: string;
  readonly theirFlavorId: string;
  /** All of them as the cloud shows them now. */
  photograph(): Promise<readonly JsonObject[]>;
  /** Takes the subnet away again. */
  makeRoom(): Promise<void>;
}

/** Puts an image with the id of one of the shop's, a flavor of the name of the source's, and a subnet in a twin's range. */
export const givenStrangers = async (scene: Scene, imageId: string): Promise<Strangers> => {
  const { source, destination } = scene.clouds;
  const flavor = { name: 'shop-small', ram: 64, vcpus: 1, disk: 1 };
  const { id: flavorId } = await make(source.admin, 'compute', '/flavors', 'flavor', flavor);
  const other = await make(destination.admin, 'compute', '/flavors', 'flavor', { ...flavor, ram: 128 });
  await makeImage(destination.admin, 'theirs', bytesOf('theirs', 1000), { id: imageId });
  let subnetId = '';
  const inTheWay = async (): Promise<void> => {
    const query = { name: 'net-1' };
    const [network] = await listed(destination.admin, 'network', { path: '/networks', key: 'networks', query });
    const body = { network_id: String(network?.['id']), cidr: '10.1.0.0/16', ip_version: 4, name: 'theirs' };
    subnetId = (await make(destination.admin, 'network', '/subnets', 'subnet', body)).id;
  };
  fakeOf(destination).faults.add({ method: 'POST', path: /\/subnets$/, times: 1, action: { before: inTheWay } });
  const read = async (service: 'image' | 'compute' | 'network', path: string): Promise<JsonObject> => {
    const { body } = await destination.admin.send(service, { method: 'GET', path });
    return isJsonObject(body) ? body : {};
  };
  return {
    imageId,
    flavorId,
    theirFlavorId: other.id,
    photograph: () =>
      Promise.all([
        read('image', `/images/${imageId}`),
        read('compute', `/flavors/${other.id}`),
        ...(subnetId === '' ? [] : [read('network', `/subnets/${subnetId}`)]),
      ]),
    makeRoom: async () => {
      await destination.admin.send('network', { method: 'DELETE', path: `/subnets/${subnetId}` });
      subnetId = '';
    },
  };
};
