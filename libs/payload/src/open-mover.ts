import type { Route } from '@osm/kernel';
import type { Move } from '@osm/resource';
import { move } from './move.ts';

/** On whose behalf bytes are moved. */
export interface MoverOrder {
  readonly route: Route;
  readonly signal: AbortSignal;
  progress(bytes: number, total: number | undefined): void;
}

/** Makes what steps move bytes with; all of one mover share its limits. */
export type Mover = (order: MoverOrder) => Move;

/** A mover without limits. */
export const openMover =
  (): Mover =>
  ({ signal, progress }) =>
  (reader, writer, options = {}) =>
    move(reader, writer, { ...options, signal: options.signal ?? signal, progress });
