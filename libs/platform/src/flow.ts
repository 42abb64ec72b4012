/** What was known of a transfer at some moment. */
interface Sample {
  readonly bytes: number;
  /** Milliseconds, of any clock. */
  readonly at: number;
}

/** How the bytes of one transfer, or of many together, come on. */
export interface Flow {
  readonly bytes: number;
  readonly total: number | undefined;
  /** When its first report came. */
  readonly since: number | undefined;
  /** The last ten seconds, oldest first. */
  readonly samples: readonly Sample[];
}

/** Milliseconds over which the rate is smoothed. */
const window = 10_000;

/** Samples closer together than this tell nothing more. */
const spacing = 250;

/** A silence of so many milliseconds is only the pace of the reports; a longer one means that nothing moves. */
const pace = 2_000;

/** Shorter than this it is no rate. */
const shortest = 500;

/** At first buffers fill, faster than any wire: from then on counts what moves. */
const settling = 1_000;

/** Nothing has moved yet. */
export const noFlow: Flow = { bytes: 0, total: undefined, since: undefined, samples: [] };

/** The flow with one more report. Fewer bytes than before mean that it has begun again. */
export const flowWith = (flow: Flow, bytes: number, total: number | undefined, at: number): Flow => {
  const since = bytes < flow.bytes ? at : (flow.since ?? at);
  if (at - since < settling) return { bytes, total, since, samples: [{ bytes, at }] };
  const before = flow.samples.at(-2);
  const last = flow.samples.at(-1);
  const crowded = before !== undefined && last !== undefined && last.at - before.at < spacing;
  const kept = crowded ? flow.samples.slice(0, -1) : flow.samples;
  const from = kept.findLastIndex((sample) => at - sample.at >= window);
  return { bytes, total, since, samples: [...kept.slice(Math.max(0, from)), { bytes, at }] };
};

/** Bytes per second over the last ten seconds; undefined while it is too early to tell. */
export const rateOf = ({ samples }: Flow, now: number): number | undefined => {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const until = now - last.at > pace ? now : last.at;
  // After a long silence there was no byte within the window, whatever there was before.
  if (until - last.at >= window) return 0;
  return until - first.at < shortest ? undefined : ((last.bytes - first.bytes) / (until - first.at)) * 1000;
};

/** Seconds until the last byte at this rate; undefined where the total is unknown or nothing moves. */
export const secondsLeft = (flow: Flow, now: number): number | undefined =>
  flow.total === undefined ? undefined : secondsFor(flow.total - flow.bytes, rateOf(flow, now));

/** Seconds for so many bytes at this rate; undefined where nothing moves. */
export const secondsFor = (bytes: number, rate: number | undefined): number | undefined => {
  if (bytes <= 0) return 0;
  return rate === undefined || rate === 0 ? undefined : bytes / rate;
};
