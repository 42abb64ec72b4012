import { Failure, isFailure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type Step, type StepContext } from '@osm/resource';
import { copyOnceMore } from '@osm/resources/image';
import { diskFormat } from './disk-format.ts';
import { momentTaken, snapshotName, type Moment } from './moment.ts';
import { copySeconds } from './patience.ts';
import { plainCopy, standingStill, type Still } from './point-in-time.ts';
import { makeRoom } from './staging.ts';
import { after, removeAll, snapshots, volumes } from './temporaries.ts';
import { imagesNamed, removeImages } from './temporary-images.ts';

/**
 * The road of a volume's data: volume (or a copy of it that stands still) → temporary image at the source → temporary
 * image at the destination → volume. All that is temporary carries a marker as its name, so that a step started again finds
 * what an earlier run has made, and `tidy` finds what nobody has recorded.
 */
export const exportToImage: Step = {
  name: 'export',
  strategies: diskFormat,
  backend: ({ volume_type: type }) => (typeof type === 'string' ? `volume type ${type}` : undefined),
  run: async (context) => {
    const wanted = context.strategy ?? 'raw';
    const made = await exportAs(context, wanted);
    if ('imageId' in made) return made;
    const instead = await exportAs(context, 'raw');
    if (!('imageId' in instead)) throw notMade(context, instead.refused);
    return { ...instead, note: `went as raw: the source made no ${wanted} image of it: ${made.refused}` };
  },
};

/** The bytes, from the one temporary image into the other. */
export const transferImage: Step = {
  name: 'transfer',
  service: 'data-transfer',
  run: async (context) => {
    const { destination, signal, outputs, marker: name } = context;
    const sourceImageId = String(outputs['export']?.['imageId']);
    const found = await findImage(destination, name, signal);
    const imageId = found === undefined ? await makeRecord(context, sourceImageId) : String(found['id']);
    const another = async (): Promise<string> => {
      await removeImages(destination, name, signal);
      return makeRecord(context, sourceImageId);
    };
    return { ...(await copyOnceMore(context, sourceImageId, imageId, another)) };
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
      ...(await removeAll(context, volumes, exported)),
      // No snapshot goes before what was made of it.
      ...(await removeAll(context, snapshots, snapshotName(context, ref.id))),
      ...(await removeImages(destination, marker(route, ref.type, ref.id, 'transfer'), signal)),
    ];
    return { removed };
  },
};

type Exported = JsonObject & { readonly imageId: string };

/** The image, once it is whole; or why the source made none of that format. */
const exportAs = async (context: StepContext, format: string): Promise<Exported | { readonly refused: string }> => {
  const { source, signal, marker: name } = context;
  const found = await findImage(source, name, signal);
  if (found !== undefined) {
    const image = await untilActive(context, String(found['id']), String(found['disk_format']));
    return 'refused' in image ? image : { ...image, ...(await momentTaken(context)) };
  }
  const started = await read(context, format);
  if ('refused' in started) return started;
  const image = await untilActive(context, started.imageId, format);
  return 'refused' in image ? image : { ...image, ...started.moment };
};

type Started = { readonly imageId: string; readonly moment: Moment } | { readonly refused: string };

const read = async (context: StepContext, format: string): Promise<Started> => {
  const still = await standingStill(context);
  try {
    return await upload(context, still, format);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'bad-request') throw error;
    if (error.message.includes("'properties'")) return upload(context, await plainCopy(context), format);
    if (format === 'raw') throw error;
    return { refused: error.message };
  }
};

const upload = async (context: StepContext, { volumeId, moment }: Still, format: string) => {
  const { source, marker: name, signal } = context;
  const wanted = { image_name: name, disk_format: format, container_format: 'bare', force: false };
  const path = `/volumes/${volumeId}/action`;
  const body = { 'os-volume_upload_image': wanted };
  const answer = await source.send('block-storage', { method: 'POST', path, body }, signal);
  const started = isJsonObject(answer.body) ? answer.body['os-volume_upload_image'] : undefined;
  return { imageId: String(isJsonObject(started) ? started['image_id'] : undefined), moment };
};

/**
 * What Cinder may not convert (`image_conversion_disable`) it begins with, gives up and takes back; only its own log says
 * why. Raw is refused by nobody.
 */
const untilActive = (
  context: StepContext,
  imageId: string,
  format: string,
): Promise<Exported | { readonly refused: string }> => {
  const { source, ref, clock, policy, signal, attributes } = context;
  const seconds = copySeconds(Number(attributes['size']), policy);
  context.waiting(`source Cinder to make a ${format} image of volume ${ref.id}`, after(clock.now(), seconds));
  let status = 'unknown';
  const failed = (remedy: string): Failure =>
    new Failure('export-failed', `cannot read volume ${ref.id}: its temporary image ${imageId} is ${status}`, {
      remedy,
    });
  return until(
    async () => {
      const { status: code, body } = await source.send(
        'image',
        { method: 'GET', path: `/images/${imageId}`, accept: [404] },
        signal,
      );
      status = code === 404 || !isJsonObject(body) ? 'gone' : String(body['status']);
      if (status === 'active') return { imageId, format };
      if (status === 'queued' || status === 'saving') return undefined;
      if (format !== 'raw') return { refused: `image ${imageId} is ${status}` };
      throw failed('Look into the logs of the source’s Cinder and Glance, then retry.');
    },
    { clock, signal, seconds },
    () => failed('Raise volume_upload_timeout in the configuration if the backend is only slow, then retry.'),
  );
};

const notMade = ({ ref }: StepContext, why: string): Failure =>
  new Failure('export-failed', `cannot read volume ${ref.id}: ${why}`, {
    remedy: 'Look into the logs of the source’s Cinder and Glance, then retry.',
  });

/** The owner is the volume's: the tenant's own token must see the image to make a volume of it. */
const makeRecord = async (context: StepContext, sourceImageId: string): Promise<string> => {
  const { source, destination, marker: name, twinOf, handler, attributes, signal } = context;
  const { body: original } = await source.send('image', { method: 'GET', path: `/images/${sourceImageId}` }, signal);
  const { disk_format: format, size } = isJsonObject(original) ? original : {};
  const gib = Number(size ?? 0) / 1024 ** 3;
  await makeRoom(context, destination, [{ gib, volumes: 0, snapshots: 0, images: 1, type: null }]);
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

const findImage = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<JsonObject | undefined> =>
  (await imagesNamed(cloud, name, signal))[0];
