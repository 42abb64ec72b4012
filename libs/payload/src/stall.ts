import { Failure } from '@osm/kernel';

/** Who a move waits for. */
export type Waits = 'reader' | 'writer' | 'limit';

/** Notices when nothing moves for too long, however long the whole takes. */
export interface Stall {
  /** Something moved. */
  moved(): void;
  stop(): void;
}

export interface StallOptions {
  readonly seconds: number;
  /** Who is waited for now. The limit on the bandwidth may keep anybody waiting. */
  waitsFor(): Waits;
  stalled(failure: Failure): void;
}

export const watchStall = ({ seconds, waitsFor, stalled }: StallOptions): Stall => {
  let lastMs = performance.now();
  let lastWait: Waits = 'reader';
  const look = (): void => {
    const waits = waitsFor();
    const nowMs = performance.now();
    // Each side has its own time: when the one has come at last, the other begins anew.
    if (waits === 'limit' || waits !== lastWait) lastMs = nowMs;
    lastWait = waits;
    if (nowMs - lastMs >= seconds * 1000) stalled(stallOf(waits, seconds));
  };
  const timer = setInterval(look, Math.max(10, Math.min(1000, seconds * 250)));
  return {
    moved: () => {
      lastMs = performance.now();
    },
    stop: () => clearInterval(timer),
  };
};

const stallOf = (waits: Waits, seconds: number): Failure =>
  new Failure(
    'stalled',
    waits === 'writer'
      ? `cannot go on copying: the destination has not taken a byte for ${seconds} s`
      : `cannot go on copying: the source has not sent a byte for ${seconds} s`,
    {
      disposition: 'retry',
      remedy: `Look at the ${waits === 'writer' ? 'destination' : 'source'}’s service and at the network to it.`,
    },
  );
