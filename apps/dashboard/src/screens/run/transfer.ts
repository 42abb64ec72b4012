import type { Telemetry } from '@osm/api-client';

/** Bytes that had moved at a moment, in milliseconds of this page's clock. */
export interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** What is known of a step that moves bytes or waits. */
export interface Transfer {
  readonly newest: Telemetry;
  /** Of the last seconds, oldest first. */
  readonly samples: readonly Sample[];
}

/** Milliseconds that a rate is taken over: longer, and it lies after a pause; shorter, and it trembles. */
const span = 15_000;

/** A step after it was heard of once more. Bytes that are fewer than before are those of another attempt. */
export const afterWord = (before: Transfer | undefined, newest: Telemetry, at: number): Transfer => {
  const { bytes } = newest;
  if (bytes === null) return { newest, samples: [] };
  const known = before?.samples ?? [];
  const samples = bytes < (known.at(-1)?.bytes ?? 0) ? [] : known.filter((sample) => at - sample.at <= span);
  return { newest, samples: [...samples, { at, bytes }] };
};

/** Bytes a second; undefined as long as nobody can tell. */
export const rateOf = ({ samples }: Transfer): number | undefined => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < 500) return undefined;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
};

/** Seconds until it is done at this rate; undefined where the size is not known, or nothing moves. */
export const secondsLeft = (transfer: Transfer): number | undefined => {
  const rate = rateOf(transfer);
  const { bytes, total } = transfer.newest;
  if (rate === undefined || rate <= 0 || bytes === null || total === null) return undefined;
  return Math.max(0, total - bytes) / rate;
};
