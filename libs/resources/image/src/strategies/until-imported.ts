import { Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until } from '@osm/resource';
import { showImage } from './image-record.ts';
import type { ImageCopy } from './image-strategy.ts';

/** Seconds without any sign of life of an import, beside a share by size: a cloud fetches at 10 MB/s at least. */
const quiet = 1800;

/**
 * Waits until the destination has imported an image. It says how far it is in the message of its task; an import is given
 * up when that stands still for too long, never because it takes long. Raises `twin-failed`.
 */
export const untilImported = async (copy: ImageCopy, original: JsonObject, id: string): Promise<void> => {
  const { clock, signal } = copy;
  const seconds = quiet + Number(original['size'] ?? 0) / 10_000_000;
  for (let last = ''; ;) {
    copy.waiting(`the destination imports image ${id}`, new Date(clock.now().getTime() + seconds * 1000));
    const now = await until(
      async () => {
        const state = await lookAt(copy, id);
        return state.told === last ? undefined : state;
      },
      { clock, signal, seconds },
      () => failed(id, `nothing was heard of it for ${Math.round(seconds)} seconds`),
    );
    if (now.failure !== undefined) throw failed(id, now.failure);
    if (now.done) return;
    last = now.told;
  }
};

interface State {
  readonly done: boolean;
  readonly failure: string | undefined;
  /** Everything that it shows: as long as this changes, it is at work. */
  readonly told: string;
}

const lookAt = async (copy: ImageCopy, id: string): Promise<State> => {
  // In this order: a task that has failed has put its image back before.
  const task = await newestTask(copy, id);
  const image = await showImage(copy.destination, id, copy.signal);
  const { status, os_glance_failed_import: stores } = image;
  const inStores = task === undefined && status === 'queued' && typeof stores === 'string' && stores !== '';
  return {
    done: status === 'active',
    failure: inStores ? `it could not be written to ${stores}` : failureOf(task),
    told: JSON.stringify([status, image['size'], task?.['status'], task?.['message']]),
  };
};

const failureOf = (task: JsonObject | undefined): string | undefined =>
  task?.['status'] === 'failure' ? withoutUrls(String(task['message'] ?? 'it does not say why')) : undefined;

/** A signed URL is a key: no message may hold it. */
export const withoutUrls = (text: string): string => text.replaceAll(/\bhttps?:\/\/\S+/g, '(the signed URL)');

/** Before Wallaby Glance shows nobody its tasks; then the image itself has to tell. */
const newestTask = async ({ destination, signal }: ImageCopy, id: string): Promise<JsonObject | undefined> => {
  try {
    const { body } = await destination.send('image', { method: 'GET', path: `/images/${id}/tasks` }, signal);
    const tasks = isJsonObject(body) && Array.isArray(body['tasks']) ? body['tasks'] : [];
    return tasks
      .filter((task) => isJsonObject(task))
      .sort((a, b) => String(a['created_at']).localeCompare(String(b['created_at'])))
      .at(-1);
  } catch (error) {
    if (isFailure(error) && (error.code === 'not-found' || error.code === 'forbidden')) return undefined;
    throw error;
  }
};

const failed = (id: string, why: string): Failure =>
  new Failure('twin-failed', `the destination could not import image ${id}: ${why}`, {
    remedy:
      'The failed twin is deleted again. Set image_transfer to direct, or look into the log of the destination’s Glance; then retry.',
  });
