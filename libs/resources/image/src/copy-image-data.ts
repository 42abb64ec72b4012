import { Failure, isFailure, isJsonObject, type Clock, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type Move } from '@osm/resource';

export interface ImageCopy {
  readonly source: Cloud;
  readonly destination: Cloud;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly move: Move;
}

/** What was proven about the bytes: both clouds' own hash, as Glance computed it while it stored them. */
export interface ImageProof {
  readonly bytes: number;
  readonly algorithm: string;
  readonly hash: string;
}

/**
 * Streams one image's data into an image record of the destination that has none yet, and proves them equal by Glance's
 * own hashes. Done already: nothing is sent. Raises `twin-failed` when the hashes differ.
 */
export const copyImageData = async (copy: ImageCopy, sourceId: string, destinationId: string): Promise<ImageProof> => {
  const original = await show(copy.source, sourceId, copy.signal);
  const twin = await untilNotSaving(copy, destinationId);
  if (twin['status'] === 'queued') await stream(copy, original, destinationId);
  return proof(original, await show(copy.destination, destinationId, copy.signal));
};

const show = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<JsonObject> => {
  const { body } = await cloud.send('image', { method: 'GET', path: `/images/${id}` }, signal);
  return isJsonObject(body) ? body : {};
};

/** An upload of a dead worker may still be draining; Glance puts the image back to `queued` when it breaks off. */
const untilNotSaving = ({ destination, clock, signal }: ImageCopy, id: string): Promise<JsonObject> =>
  until(
    async () => {
      const twin = await show(destination, id, signal);
      return twin['status'] === 'saving' ? undefined : twin;
    },
    { clock, signal, seconds: 30 },
    () =>
      new Failure('image-saving', `image ${id} is being written to by somebody else`, {
        disposition: 'retry',
        remedy: 'Wait until the upload has ended, or delete the image on the destination.',
      }),
  );

const stream = async (copy: ImageCopy, original: JsonObject, destinationId: string): Promise<void> => {
  const { source, destination, signal } = copy;
  const request = { method: 'GET', path: `/images/${String(original['id'])}/file` } as const;
  const headers = { 'content-type': 'application/octet-stream' };
  const upload = { method: 'PUT', path: `/images/${destinationId}/file`, headers } as const;
  const reader = await source.download('image', request, signal);
  const size = Number(original['size'] ?? reader.size);
  try {
    await copy.move(reader, await destination.upload('image', upload, size, signal));
  } catch (error) {
    reader.close();
    throw isFailure(error) && error.http?.status === 415 ? mislabelled(original, error) : error;
  }
};

/** Newer Glance looks into what it is given, and refuses what is not of the format that it is said to be. */
const mislabelled = (original: JsonObject, { message, http }: Failure): Failure => {
  const format = String(original['disk_format']);
  return new Failure(
    'twin-failed',
    `cannot copy image ${String(original['id'])}: the destination finds that its data are not of the format ${format}: ${message}`,
    {
      http,
      remedy:
        'Find out what it is (qemu-img info), save it (openstack image save), make it again at the source with its true --disk-format, and migrate that one.',
    },
  );
};

const proof = (original: JsonObject, twin: JsonObject): ImageProof => {
  const hash = (image: JsonObject): string => String(image['os_hash_value'] ?? image['checksum']);
  const algorithm = (image: JsonObject): string =>
    image['os_hash_value'] == null ? 'md5' : String(image['os_hash_algo']);
  if (algorithm(original) === algorithm(twin) && hash(original) === hash(twin) && original['size'] === twin['size']) {
    return { bytes: Number(twin['size']), algorithm: algorithm(twin), hash: hash(twin) };
  }
  throw new Failure(
    'twin-failed',
    `the data of image ${String(twin['id'])} differ: ${algorithm(original)} ${hash(original)} at the source, ${algorithm(twin)} ${hash(twin)} at the destination`,
    { remedy: 'The bad copy is deleted again; retry. If it happens again, look at what stands between the clouds.' },
  );
};
