import path from 'node:path';
import { bundle } from './bundle.ts';
import { startProgram } from './children.ts';
import type { ImageOrder, ImagesMoved } from './image-mover.ts';

/** Makes movers, each a new process. */
export type ImageMover = (order: ImageOrder) => Promise<ImagesMoved>;

/** Builds the mover. Each order is carried out by a process that has moved nothing before. */
export const buildImageMover = async (): Promise<ImageMover> => {
  const file = await bundle(path.join(import.meta.dirname, 'image-mover.ts'));
  return async (order) => {
    const program = startProgram(file, []);
    await program.hear();
    program.tell(order);
    const moved = await program.hear<ImagesMoved>();
    await program.end();
    return moved;
  };
};
