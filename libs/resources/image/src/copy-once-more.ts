import { Failure, isFailure } from '@osm/kernel';
import { copyImageData, type ImageCopy, type ImageProof } from './copy-image-data.ts';

/**
 * Copies into a temporary image. One whose data turn out to differ is given up, `another` answers the next one, and the data
 * are copied once more. Raises `data-differ` with the hashes of both copies when that one differs, too.
 */
export const copyOnceMore = async (
  copy: ImageCopy,
  sourceId: string,
  imageId: string,
  another: () => Promise<string>,
): Promise<ImageProof & { readonly imageId: string; readonly strategy: string }> => {
  try {
    return { imageId, ...(await copyImageData(copy, sourceId, imageId)) };
  } catch (error) {
    if (!differs(error)) throw error;
    const next = await another();
    try {
      return { imageId: next, ...(await copyImageData(copy, sourceId, next)) };
    } catch (later) {
      if (!differs(later)) throw later;
      const { code, message, remedy } = later;
      throw new Failure(code, `${message}; before that: ${error.message}`, { remedy });
    }
  }
};

const differs = (error: unknown): error is Failure => isFailure(error) && error.code === 'data-differ';
