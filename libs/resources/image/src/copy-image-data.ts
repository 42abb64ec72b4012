import { Failure, isFailure, type JsonObject } from '@osm/kernel';
import { until, type HashName } from '@osm/resource';
import { proveImage, type ImageProof } from './prove-image.ts';
import { direct } from './strategies/direct.ts';
import { showImage } from './strategies/image-record.ts';
import type { ImageCopy, ImageStrategy } from './strategies/image-strategy.ts';
import { untilImported } from './strategies/until-imported.ts';

export type { ImageCopy, ImageProof };

/**
 * Brings one image's data into an image record of the destination that has none yet, and proves them equal. Done already:
 * nothing is sent. Raises `data-differ` when they are not equal, `twin-failed` when the record cannot be used any more.
 */
export const copyImageData = async (
  copy: ImageCopy,
  sourceId: string,
  destinationId: string,
  strategy: ImageStrategy = direct,
): Promise<ImageProof & { readonly strategy: string }> => {
  const { source, destination, signal } = copy;
  const original = await showImage(source, sourceId, signal);
  const twin = await untilNobodyWrites(copy, original, destinationId);
  const hash = hashToTake(original);
  const moved = twin['status'] === 'active' ? undefined : await bring(copy, original, twin, strategy, hash);
  const arrived = await showImage(destination, destinationId, signal);
  const proof = await proveImage(copy, original, arrived, hash, moved);
  return { ...proof, strategy: strategy.name };
};

/** Where the source has no hash of its own, what passes is hashed as the destination will, unless it says otherwise. */
const hashToTake = (original: JsonObject): HashName | undefined =>
  original['os_hash_value'] == null ? 'sha512' : undefined;

/** A failure names the record that it leaves: the next plan fills that one, or a person deletes it. */
const bring = async (
  copy: ImageCopy,
  original: JsonObject,
  twin: JsonObject,
  strategy: ImageStrategy,
  hash: HashName | undefined,
): Promise<string | undefined> => {
  try {
    if (twin['status'] === 'uploading' && strategy.name !== 'glance-direct') throw stagedByAnother(twin);
    return await strategy.bring(copy, original, twin, hash);
  } catch (error) {
    if (!isFailure(error) || error.code === 'twin-failed') throw error;
    const { code, message, disposition, remedy, http, retryAfter } = error;
    const left = `image ${String(twin['id'])} of ${copy.destination.name} is left without data`;
    throw new Failure(code, `${message}; ${left}`, {
      ...{ disposition, http, retryAfter, cause: error },
      remedy: `${remedy} ${code === 'not-found' ? neverFilled : 'The next plan fills that image.'}`,
    });
  }
};

const neverFilled = 'Where the original is gone the image stays empty: openstack-migrate rollback deletes it.';

const stagedByAnother = ({ id }: JsonObject): Failure =>
  new Failure('twin-failed', `cannot send the data of image ${String(id)}: a run of before has staged some`, {
    remedy: 'The image is deleted again: retry.',
  });

/** An upload of a dead worker may still be draining; Glance puts the image back to `queued` when it breaks off. */
const untilNobodyWrites = async (copy: ImageCopy, original: JsonObject, id: string): Promise<JsonObject> => {
  const { destination, clock, signal, waiting } = copy;
  const seconds = 30;
  const twin = await until(
    async () => {
      const now = await showImage(destination, id, signal);
      if (now['status'] !== 'saving') return now;
      waiting(`an earlier upload to image ${id} ends`, new Date(clock.now().getTime() + seconds * 1000));
      return undefined;
    },
    { clock, signal, seconds },
    () =>
      new Failure('image-saving', `image ${id} is being written to by somebody else`, {
        disposition: 'retry',
        remedy: 'Wait until the upload has ended, or delete the image on the destination.',
      }),
  );
  if (twin['status'] !== 'importing') return twin;
  await untilImported(copy, original, id);
  return showImage(destination, id, signal);
};
