import { isJsonObject, marker, type JsonObject } from '@osm/kernel';
import type { Step, StepContext } from '@osm/resource';
import { makeRoom } from '@osm/resources/block-storage';
import { copyOnceMore } from '@osm/resources/image';
import { bootsFromImage } from './disks.ts';
import { InstanceSource } from './instance-source.ts';
import { asKept, rootImage } from './root-image.ts';
import { rootGib, rootSnapshot, untilRoot } from './server-moment.ts';
import { imageOf, imagesNamed, removeImages } from './temporary-images.ts';

const hasRootDisk = (attributes: JsonObject): boolean =>
  bootsFromImage(InstanceSource.pick({ image: true }).parse(attributes));

/** The step that took the server's moment has begun it, under its own marker. */
const snapshotName = ({ route, ref }: StepContext): string => marker(route, ref.type, ref.id, 'snapshot');

/**
 * The road of a root disk that is no volume: server → snapshot at the source → image at the destination → server. What is
 * temporary has a marker as its name, so that a step started again finds what an earlier run has made, and `tidy` what
 * nobody has recorded. A snapshot of a running server is what its disk would be after a power failure.
 */
export const exportRoot: Step = {
  name: 'export',
  when: hasRootDisk,
  run: async (context) => {
    const s = InstanceSource.parse(context.attributes);
    const imageId = await rootSnapshot(context, snapshotName(context));
    await untilRoot(context, imageId, rootGib(s), ['active']);
    return { imageId };
  },
};

/** The bytes, from the snapshot into the image that the twin boots from. */
export const transferRoot: Step = {
  name: 'transfer',
  service: 'data-transfer',
  when: hasRootDisk,
  run: async (context) => {
    const { destination, signal, outputs } = context;
    const snapshotId = String(outputs['export']?.['imageId']);
    const [found] = await imagesNamed(destination, context.marker, signal);
    const imageId = found === undefined ? await makeRecord(context, snapshotId) : String(found['id']);
    const another = async (): Promise<string> => {
      await removeImages(destination, context.marker, signal);
      return makeRecord(context, snapshotId);
    };
    return { ...(await copyOnceMore(context, snapshotId, imageId, another)) };
  },
};

/** The snapshot goes, whatever has come of the twin; the destination's image stays with a twin that refers to it. */
export const tidyRoot: Step = {
  name: 'tidy',
  always: true,
  when: hasRootDisk,
  run: async (context) => {
    const { source, destination, destinationId, route, ref, signal, attributes } = context;
    const removed = await removeImages(source, snapshotName(context), signal);
    const name = marker(route, ref.type, ref.id, 'transfer');
    if (destinationId === undefined)
      return { removed: [...removed, ...(await removeImages(destination, name, signal))] };
    const used = await imageOfServer(context, destinationId);
    const unused: string[] = [];
    for (const image of await imagesNamed(destination, name, signal)) {
      const path = `/images/${String(image['id'])}`;
      if (image['id'] === used) {
        const body = asKept(InstanceSource.parse(attributes), destinationId);
        const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
        await destination.send('image', { method: 'PATCH', path, headers, body }, signal);
      } else {
        await destination.send('image', { method: 'DELETE', path, accept: [404] }, signal);
        unused.push(String(image['id']));
      }
    }
    return { removed: [...removed, ...unused] };
  },
};

/** Made with a token of the server's own project, whose it then is. */
const makeRecord = async (context: StepContext, snapshotId: string): Promise<string> => {
  const { source, destination, marker: name, twinOf, signal } = context;
  const original = (await imageOf(source, snapshotId, signal)) ?? {};
  const gib = Number(original['size'] ?? 0) / 1024 ** 3;
  await makeRoom(context, destination, [{ gib, volumes: 0, snapshots: 0, images: 1, type: null }]);
  const body = rootImage(original, name, (id) => twinOf({ type: 'image', id }));
  const made = await destination.send('image', { method: 'POST', path: '/images', body }, signal);
  return String(isJsonObject(made.body) ? made.body['id'] : undefined);
};

const imageOfServer = async ({ destination, signal }: StepContext, id: string): Promise<string | undefined> => {
  const request = { method: 'GET', path: `/servers/${id}`, accept: [404] } as const;
  const { body } = await destination.send('compute', request, signal);
  const server = isJsonObject(body) ? body['server'] : undefined;
  const image = isJsonObject(server) ? server['image'] : undefined;
  return isJsonObject(image) ? String(image['id']) : undefined;
};
