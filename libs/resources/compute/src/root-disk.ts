import { Failure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { until, type Step, type StepContext } from '@osm/resource';
import { copyImageData } from '@osm/resources/image';
import { bootsFromImage } from './disks.ts';
import { refuse } from './instance-refusals.ts';
import { InstanceSource } from './instance-source.ts';
import { asKept, rootImage, stateOf } from './root-image.ts';
import { imageOf, imagesNamed, removeImages } from './temporary-images.ts';

const hasRootDisk = (attributes: JsonObject): boolean =>
  bootsFromImage(InstanceSource.pick({ image: true }).parse(attributes));

/**
 * The road of a root disk that is no volume: server → snapshot at the source → image at the destination → server. What is
 * temporary has a marker as its name, so that a step started again finds what an earlier run has made, and `tidy` what
 * nobody has recorded. A snapshot of a running server is what its disk would be after a power failure.
 */
export const exportRoot: Step = {
  name: 'export',
  when: hasRootDisk,
  run: async (context) => {
    const { source, signal, attributes } = context;
    refuse(InstanceSource.parse(attributes));
    const [found] = await imagesNamed(source, context.marker, signal);
    const imageId = found === undefined ? await snapshot(context) : String(found['id']);
    await untilActive(context, imageId);
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
    return { imageId, ...(await copyImageData(context, snapshotId, imageId)) };
  },
};

/** The snapshot goes, whatever has come of the twin; the destination's image stays with a twin that refers to it. */
export const tidyRoot: Step = {
  name: 'tidy',
  always: true,
  when: hasRootDisk,
  run: async (context) => {
    const { source, destination, destinationId, route, ref, signal, attributes } = context;
    const removed = await removeImages(source, marker(route, ref.type, ref.id, 'export'), signal);
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

const snapshot = async ({ source, ref, marker: name, signal }: StepContext): Promise<string> => {
  const path = `/servers/${ref.id}/action`;
  // Since 2.45 the answer has the image's id in its body.
  const request = { method: 'POST', path, body: { createImage: { name } }, microversion: '2.45' } as const;
  const { body } = await source.send('compute', request, signal);
  return String(isJsonObject(body) ? body['image_id'] : undefined);
};

const untilActive = (context: StepContext, imageId: string): Promise<true> => {
  const { source, ref, policy, signal, clock } = context;
  let state = 'unknown';
  const failed = (remedy: string): Failure =>
    new Failure(
      'export-failed',
      `cannot read the root disk of instance ${ref.id}: its snapshot ${imageId} is ${state}`,
      {
        remedy,
      },
    );
  return until(
    async () => {
      state = stateOf(await imageOf(source, imageId, signal));
      if (state === 'queued' || state === 'saving') return undefined;
      if (state === 'active') return true;
      throw failed('Look into the logs of the source’s Nova and Glance, then retry.');
    },
    { clock, signal, seconds: policy.volume_upload_timeout },
    () => failed('Raise volume_upload_timeout in the configuration if the disk is only large, then retry.'),
  );
};

/** Made with a token of the server's own project, whose it then is. */
const makeRecord = async (context: StepContext, snapshotId: string): Promise<string> => {
  const { source, destination, marker: name, twinOf, signal } = context;
  const original = (await imageOf(source, snapshotId, signal)) ?? {};
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
