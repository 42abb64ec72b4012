import type { Route } from '@osm/kernel';
import type { Move } from '@osm/resource';
import { openBandwidth, type Bandwidth } from './bandwidth.ts';
import { move } from './move.ts';

/** On whose behalf bytes are moved. */
export interface MoverOrder {
  readonly route: Route;
  readonly signal: AbortSignal;
  progress(bytes: number, total: number | undefined): void;
}

/** Makes what steps move bytes with; all of one mover share its limits. */
export type Mover = (order: MoverOrder) => Move;

export interface MoverOptions {
  /** Unlimited when absent. */
  readonly bandwidth?: Bandwidth;
  /** Seconds without a byte, where one is waited for, until a move fails with `stalled`; 120 when absent. */
  readonly stallSeconds?: number;
}

export const openMover = ({ bandwidth = openBandwidth(), stallSeconds = 120 }: MoverOptions = {}): Mover => {
  return ({ signal, progress }) =>
    (reader, writer, options = {}) =>
      move(reader, writer, { ...options, signal: options.signal ?? signal, progress, bandwidth, stallSeconds });
};
