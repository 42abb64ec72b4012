import { image } from './image.ts';

export * from './copy-image-data.ts';
export * from './copy-once-more.ts';
export type { ImageStrategy } from './strategies/image-strategy.ts';
export { image };

/** Every type of the image service. */
export const imageResources = [image] as const;
