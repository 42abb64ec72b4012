import { Failure, type JsonObject } from '@osm/kernel';
import { until } from '@osm/resource';
import { send } from './direct.ts';
import { showImage } from './image-record.ts';
import type { ImageCopy, ImageStrategy } from './image-strategy.ts';
import { untilImported } from './until-imported.ts';

/** The data go into the destination's staging area; from there Glance imports them by itself, with all that it does then. */
export const glanceDirect: ImageStrategy = {
  name: 'glance-direct',
  because: 'the destination imports by itself: its own conversions and checks apply',
  impossible: ({ methods }) =>
    methods.includes('glance-direct') ? undefined : 'the destination has no import method glance-direct',

  bring: async (copy, original, twin, hash) => {
    const id = String(twin['id']);
    const before = await untilStagedOrNot(copy, twin);
    const hashed = before['status'] === 'queued' ? await send(copy, original, `/images/${id}/stage`, hash) : undefined;
    const body = { method: { name: 'glance-direct' } };
    // Sent twice it is refused: the first one has the image in hand.
    await copy.destination.send(
      'image',
      { method: 'POST', path: `/images/${id}/import`, body, accept: [409] },
      copy.signal,
    );
    await untilImported(copy, original, id);
    return hashed;
  },
};

/** What a dead worker was staging is put back to `queued` when its connection breaks; what is staged whole has a size. */
const untilStagedOrNot = (
  { destination, clock, signal, waiting }: ImageCopy,
  twin: JsonObject,
): Promise<JsonObject> => {
  const id = String(twin['id']);
  waiting(`an earlier upload to image ${id} ends`);
  return until(
    async () => {
      const now = await showImage(destination, id, signal);
      return now['status'] === 'uploading' && now['size'] == null ? undefined : now;
    },
    { clock, signal, seconds: 60 },
    () =>
      new Failure('image-saving', `image ${id} is being written to by somebody else`, {
        disposition: 'retry',
        remedy: 'Wait until the upload has ended, or delete the image on the destination.',
      }),
  );
};
