import { volume } from './volume.ts';
import { volumeType } from './volume-type.ts';

export { volume, volumeType };

/** Every type of the block storage service. */
export const blockStorageResources = [volumeType, volume] as const;
