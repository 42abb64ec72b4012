import { Failure } from '@osm/kernel';
import type { Moved, MoveOptions, Reader, Writer } from '@osm/resource';
import type { Bandwidth } from './bandwidth.ts';
import { openMeter } from './meter.ts';
import { openHasher } from './open-hasher.ts';
import { watchStall } from './stall.ts';

export interface MoveOrder extends MoveOptions {
  readonly bandwidth: Bandwidth;
  /** Seconds without a byte, where one is waited for, until it fails. */
  readonly stallSeconds: number;
  /** Bytes moved so far, those of before included, of how many. */
  progress(bytes: number, total: number | undefined): void;
}

/**
 * `reader → meter → hash if needed → limit → writer`. What fails first ends everything, and both ends are let go of: nothing
 * of an unfinished move stays behind, and nothing can reject unheard. Raises `stalled`, `wrong-size`, and what the two ends
 * raise.
 */
export const move = async <Receipt>(
  reader: Reader,
  writer: Writer<Receipt>,
  order: MoveOrder,
): Promise<Moved<Receipt>> => {
  const { signal, bandwidth, hash, progress, already = 0 } = order;
  const total = order.total ?? (reader.size === undefined ? undefined : already + reader.size);
  const ending = new AbortController();
  const called = (): void => ending.abort(signal.reason);
  const hasher = hash === undefined ? undefined : openHasher(hash);
  const meter = openMeter((bytes) => progress(already + bytes, total));
  const lent = { toWriter: 0, toLimit: 0 };
  const stall = watchStall({
    seconds: order.stallSeconds,
    waitsFor: () => (lent.toWriter > 0 ? 'writer' : lent.toLimit > 0 ? 'limit' : 'reader'),
    stalled: (failure) => ending.abort(failure),
  });

  const write = (chunk: Uint8Array): Promise<void> | undefined => {
    const written = writer.write(chunk);
    if (written === undefined) return undefined;
    lent.toWriter += 1;
    return written.then(() => {
      lent.toWriter -= 1;
      stall.moved();
    });
  };
  /** Chunks that may not go yet, in their order. */
  let queue: Promise<void> | undefined;
  const limited = (chunk: Uint8Array): Promise<void> | undefined => {
    const wait = bandwidth.take(chunk.length, ending.signal);
    if (wait === undefined && queue === undefined) return write(chunk);
    lent.toLimit += 1;
    const turn = Promise.all([queue, wait]).then(() => {
      lent.toLimit -= 1;
    });
    const allowed = turn.then(() => undefined);
    queue = allowed;
    const done = turn.then(() => write(chunk));
    const clear = (): void => {
      if (queue === allowed) queue = undefined;
    };
    allowed.then(clear, () => undefined);
    return done;
  };
  const take = (chunk: Uint8Array): Promise<void> | undefined => {
    ending.signal.throwIfAborted();
    stall.moved();
    meter.add(chunk.length);
    const hashed = hasher?.update(chunk);
    const written = limited(chunk);
    return hashed === undefined ? written : Promise.all([hashed, written]).then(() => undefined);
  };

  const whole = async (): Promise<Moved<Receipt>> => {
    await reader.read(take, ending.signal);
    stall.stop();
    meter.stop();
    if (reader.size !== undefined && reader.size !== meter.bytes) throw wrongSize(reader.size, meter.bytes);
    const digest = await hasher?.digest();
    ending.signal.throwIfAborted();
    return { bytes: meter.bytes, hash: digest, receipt: await writer.end() };
  };

  signal.addEventListener('abort', called, { once: true });
  if (signal.aborted) called();
  try {
    return await unlessEnded(whole, ending.signal);
  } catch (error) {
    ending.abort(error);
    writer.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', called);
    stall.stop();
    meter.stop();
    hasher?.close();
    reader.close();
  }
};

/** What is done, or the reason of the signal as soon as it is aborted: an end that hangs must not keep a move from ending. */
const unlessEnded = <T>(what: () => Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const ended = (): void => reject(signal.reason);
    if (signal.aborted) return ended();
    signal.addEventListener('abort', ended, { once: true });
    what()
      .finally(() => signal.removeEventListener('abort', ended))
      .then(resolve, reject);
  });

const wrongSize = (size: number, bytes: number): Failure =>
  new Failure('wrong-size', `cannot copy ${size} bytes: the source sent ${bytes}`, {
    disposition: 'retry',
    remedy: 'Look whether what is being copied changes, or whether its connection breaks.',
  });
