import type { PatternPeer } from './open-pattern-peer.ts';

/**
 * What happens to an item's bytes on their way:
 * - `truncated`: the source breaks off half-way;
 * - `corrupted`: one byte is another one when it reaches the destination;
 * - `garbage-after`: after the whole, the source sends bytes that belong to nothing;
 * - `stuck`: half of it passes, then nothing more;
 * - `slow-source`, `slow-destination`: in many small pieces, with pauses;
 * - `unknown-size`: the source does not say how many bytes come.
 */
export type PayloadFault =
  'truncated' | 'corrupted' | 'garbage-after' | 'stuck' | 'slow-source' | 'slow-destination' | 'unknown-size';

/** The cases that not every kind of bytes can have. `equal` is not among them. */
export type PayloadCase = PayloadFault | 'cancelled' | 'zero' | 'giant';

/** One kind of bytes between two clouds, empty at first. */
export interface PayloadPair extends AsyncDisposable {
  /** Puts an item of these bytes at the source, and answers its id. */
  put(bytes: Buffer): Promise<string>;
  /** One attempt to copy it, by the product's own code: onto a fresh twin, or onto what an earlier attempt left. */
  copy(id: string, signal: AbortSignal): Promise<unknown>;
  /** The bytes of its complete twin; undefined where the destination has none that it takes for complete. */
  arrived(id: string): Promise<Buffer | undefined>;
  /** Lets this happen once, the next time that bytes pass. Settles when it has happened; for `stuck`, when nothing moves. */
  spoil(fault: PayloadFault): Promise<void>;
}

/** How one kind of bytes is copied. */
export interface PayloadDriver {
  readonly name: string;
  /** Bytes of one item in all cases but `giant`; 3 000 000 when absent. */
  readonly bytes?: number;
  /** The cases that cannot exist here, each with why. They are left out. */
  readonly without?: { readonly [left in PayloadCase]?: string };
  open(): Promise<PayloadPair>;
  /** Copies as many bytes from the peer to the peer as it is asked for, by the product's own code. */
  giant?(peer: PatternPeer, bytes: number): Promise<unknown>;
}
