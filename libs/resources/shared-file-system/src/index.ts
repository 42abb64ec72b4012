import { share } from './share.ts';
import { shareType } from './share-type.ts';

export { share, shareType };

/** Every type of the shared file system service. */
export const sharedFileSystemResources = [shareType, share] as const;
