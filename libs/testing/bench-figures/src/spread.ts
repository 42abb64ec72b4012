/** What a measurement came to over all its rounds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The spread of one figure. The median of an even number of rounds is the mean of the two in the middle. */
export const spread = (figures: readonly number[]): Spread => {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (index: number): number => {
    const figure = sorted[index];
    if (figure === undefined) throw new Error('there is no spread of no figures');
    return figure;
  };
  const middle = (sorted.length - 1) / 2;
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) };
};
