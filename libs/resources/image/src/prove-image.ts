import { Failure, type JsonObject } from '@osm/kernel';
import { discard, type HashName } from '@osm/resource';
import { fileOf } from './strategies/image-record.ts';
import type { ImageCopy } from './strategies/image-strategy.ts';

/** What was proven about the bytes. `md5` only where the destination has no better one. */
export interface ImageProof {
  readonly bytes: number;
  readonly algorithm: string;
  readonly hash: string;
}

/**
 * Proves that an image has arrived: by both clouds' own hash where they have the same algorithm, else by a hash taken
 * while the data moved, else by reading the source once more. Raises `data-differ` with both.
 */
export const proveImage = async (
  copy: ImageCopy,
  original: JsonObject,
  twin: JsonObject,
  hashed: HashName | undefined,
  moved: string | undefined,
): Promise<ImageProof> => {
  const algorithm = algorithmOf(twin);
  const there = String(hashOf(twin));
  const known = algorithmOf(original) === algorithm ? hashOf(original) : undefined;
  const here = known ?? (hashed === algorithm ? moved : undefined) ?? (await readAgain(copy, original, algorithm));
  if (here === there && original['size'] === twin['size'])
    return { bytes: Number(twin['size']), algorithm, hash: here };
  const [from, to] = [original, twin].map(({ size }) => `${String(size)} bytes`);
  throw new Failure(
    'data-differ',
    `the data of image ${String(twin['id'])} differ: ${from}, ${algorithm} ${here} at the source, ${to}, ${algorithm} ${there} at the destination`,
    { remedy: 'The bad copy is deleted again; retry. If it happens again, look at what stands between the clouds.' },
  );
};

const names: readonly HashName[] = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'];

/** The algorithm of the best hash that an image shows; MD5 where it shows none that we can take ourselves. */
const algorithmOf = (image: JsonObject): HashName =>
  image['os_hash_value'] == null ? 'md5' : (names.find((name) => name === image['os_hash_algo']) ?? 'md5');

const hashOf = (image: JsonObject): string | undefined => {
  const { os_hash_algo, os_hash_value, checksum } = image;
  const own = os_hash_value != null && names.some((name) => name === os_hash_algo);
  const hash = own ? os_hash_value : checksum;
  return typeof hash === 'string' ? hash : undefined;
};

const readAgain = async (copy: ImageCopy, original: JsonObject, hash: HashName): Promise<string | undefined> => {
  const { source, signal, move, waiting } = copy;
  waiting(`the source of image ${String(original['id'])} is read again, for its ${hash}`);
  const reader = await source.download('image', fileOf(original), signal);
  return (await move(reader, discard(), { hash })).hash;
};
