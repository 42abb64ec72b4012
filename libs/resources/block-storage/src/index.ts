import { volume } from './volume.ts';
import { volumeType } from './volume-type.ts';

export { demandsOf, snapshotOf, type Moment, type Taken } from './moment.ts';
export { copySeconds } from './patience.ts';
export { makeRoom, type Demand } from './staging.ts';
export { volume, volumeType };

/** Every type of the block storage service. */
export const blockStorageResources = [volumeType, volume] as const;
