import { Failure, isFailure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import type { Cloud, Step, StepContext } from '@osm/resource';
import { copyImageData } from '@osm/resources/image';
import { plainCopy, removeCopies, standingStill } from './point-in-time.ts';

/**
 * The road of a volume's data: volume (or a copy of it that stands still) → temporary image at the source → temporary
 * image at the destination → volume. All that is temporary carries a marker as its name, so that a step started again finds
 * what an earlier run has made, and `tidy` finds what nobody has recorded.
 */
export const exportToImage: Step = {
  name: 'export',
  run: async (context) => {
    const { source, signal } = context;
    const found = await findImage(source, context.marker, signal);
    const imageId = found ?? (await read(context));
    await untilActive(context, imageId);
    return { imageId };
  },
};

/** The bytes, from the one temporary image into the other. */
export const transferImage: Step = {
  name: 'transfer',
  service: 'data-transfer',
  run: async (context) => {
    const { destination, signal, outputs, marker: name } = context;
    const sourceImageId = String(outputs['export']?.['imageId']);
    const imageId = (await findImage(destination, name, signal)) ?? (await makeRecord(context, sourceImageId));
    return { imageId, ...(await copyImageData(context, sourceImageId, imageId)) };
  },
};

/** Everything temporary goes, whatever has come of the volume. */
export const tidyImages: Step = {
  name: 'tidy',
  always: true,
  run: async (context) => {
    const { source, destination, route, ref, signal } = context;
    const exported = marker(route, ref.type, ref.id, 'export');
    const removed = [
      ...(await removeImages(source, exported, signal)),
      ...(await removeCopies(context, exported)),
      ...(await removeImages(destination, marker(route, ref.type, ref.id, 'transfer'), signal)),
    ];
    return { removed };
  },
};

const read = async (context: StepContext): Promise<string> => {
  try {
    return await upload(context, await standingStill(context));
  } catch (error) {
    const refused = isFailure(error) && error.code === 'bad-request' && error.message.includes("'properties'");
    if (!refused) throw error;
    return upload(context, await plainCopy(context));
  }
};

const upload = async ({ source, marker: name, signal }: StepContext, volumeId: string): Promise<string> => {
  const body = {
    'os-volume_upload_image': { image_name: name, disk_format: 'raw', container_format: 'bare', force: false },
  };
  const answer = await source.send(
    'block-storage',
    { method: 'POST', path: `/volumes/${volumeId}/action`, body },
    signal,
  );
  const started = isJsonObject(answer.body) ? answer.body['os-volume_upload_image'] : undefined;
  return String(isJsonObject(started) ? started['image_id'] : undefined);
};

const untilActive = async ({ source, ref, clock, policy, signal }: StepContext, imageId: string): Promise<void> => {
  const deadline = clock.now().getTime() + policy.volume_upload_timeout * 1000;
  for (let pause = 200; ; pause = Math.min(pause * 1.5, 3000)) {
    const status = await imageStatus(source, imageId, signal);
    if (status === 'active') return;
    const late = clock.now().getTime() > deadline;
    if (late || (status !== 'queued' && status !== 'saving')) {
      throw new Failure('export-failed', `cannot read volume ${ref.id}: its temporary image ${imageId} is ${status}`, {
        remedy: late
          ? 'Raise volume_upload_timeout in the configuration if the backend is only slow, then retry.'
          : 'Look into the logs of the source’s Cinder and Glance, then retry.',
      });
    }
    await clock.sleep(pause, signal);
  }
};

const imageStatus = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<string> => {
  try {
    const { body } = await cloud.send('image', { method: 'GET', path: `/images/${id}` }, signal);
    return String(isJsonObject(body) ? body['status'] : undefined);
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return 'gone';
    throw error;
  }
};

/** The owner is the volume's: the tenant's own token must see the image to make a volume of it. */
const makeRecord = async (context: StepContext, sourceImageId: string): Promise<string> => {
  const { source, destination, marker: name, twinOf, handler, attributes, signal } = context;
  const original = await source.send('image', { method: 'GET', path: `/images/${sourceImageId}` }, signal);
  const format = isJsonObject(original.body) ? original.body['disk_format'] : 'raw';
  const projectId = handler.projectId(attributes);
  const owner = projectId === null ? undefined : twinOf({ type: 'project', id: projectId });
  const body: JsonObject = {
    name,
    disk_format: format ?? 'raw',
    container_format: 'bare',
    visibility: 'private',
    ...(owner === undefined || !context.policy.multitenant_mode ? {} : { owner }),
  };
  const made = await destination.send('image', { method: 'POST', path: '/images', body }, signal);
  return String(isJsonObject(made.body) ? made.body['id'] : undefined);
};

const findImage = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<string | undefined> =>
  (await imagesNamed(cloud, name, signal))[0];

const imagesNamed = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  const ids: string[] = [];
  for await (const item of cloud.list('image', '/images', { key: 'images', query: { name } }, signal)) {
    if (item['name'] === name) ids.push(String(item['id']));
  }
  return ids;
};

const removeImages = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  const ids = await imagesNamed(cloud, name, signal);
  for (const id of ids) await cloud.send('image', { method: 'DELETE', path: `/images/${id}`, accept: [404] }, signal);
  return ids;
};
