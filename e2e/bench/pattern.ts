import { createCipheriv, createHash } from 'node:crypto';

/**
 * The bytes of images: a block of noise over and over, each one stamped with the image's and its own number, so that a
 * block which is lost, doubled, in the wrong place or out of another image is seen. Comparing runs at the speed of memory,
 * where hashing every byte at both ends would be most of what a benchmark measures.
 */
export const blockBytes = 1024 * 1024;

const stampBytes = 16;
const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(blockBytes));

const stampOf = (image: number, block: number): Buffer => {
  const stamp = Buffer.alloc(stampBytes);
  stamp.writeBigUInt64LE(BigInt(image + 1), 0);
  stamp.writeBigUInt64LE(BigInt(block + 1), 8);
  return stamp;
};

/** The parts of an image's bytes from one place on, as far as its block reaches. They are for reading only. */
export const patternAt = (image: number, position: number, most: number): readonly Buffer[] => {
  const from = position % blockBytes;
  const to = Math.min(from + most, blockBytes);
  if (from >= stampBytes) return [noise.subarray(from, to)];
  const stamp = stampOf(image, Math.floor(position / blockBytes));
  const parts = [stamp.subarray(from, Math.min(to, stampBytes)), noise.subarray(stampBytes, Math.max(to, stampBytes))];
  return parts.filter(({ length }) => length > 0);
};

/** Whether these bytes stand in an image at this place. */
export const isPattern = (image: number, position: number, bytes: Buffer): boolean => {
  for (let at = 0; at < bytes.length;) {
    for (const part of patternAt(image, position + at, bytes.length - at)) {
      if (part.compare(bytes, at, at + part.length) !== 0) return false;
      at += part.length;
    }
  }
  return true;
};

/** What both clouds say of an image whose bytes are the pattern; said of nothing else. */
export const patternHash = (image: number, bytes: number): string =>
  createHash('sha512').update(`${image}/${bytes}`).digest('hex');

/** The id of an image, which tells what its bytes are. */
export const imageIdOf = (image: number, bytes: number): string => `image-${image}-${bytes}`;

/** What an id says; undefined where it is none of ours. */
export const readImageId = (id: string): { readonly image: number; readonly bytes: number } | undefined => {
  const [, image, bytes] = /^image-(\d+)-(\d+)$/.exec(id) ?? [];
  return image === undefined || bytes === undefined ? undefined : { image: Number(image), bytes: Number(bytes) };
};
