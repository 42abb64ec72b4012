import type { Spread } from '@osm/testing/bench-figures';

/** What a benchmark came to. */
export interface Figures {
  /** Everything that was measured, by side and figure. */
  readonly sides: { readonly [side: string]: { readonly [figure: string]: Spread } };
  /** What its target is about. */
  readonly keys: { readonly [key: string]: number };
  /** A sentence for each target that was missed. */
  readonly missed: readonly string[];
}

export interface BenchOptions {
  readonly rounds: number;
  /** A small form, to see that it runs. */
  readonly quick: boolean;
  /** Says how far it is, to a person who waits. */
  readonly tell: (line: string) => void;
}

/** One benchmark. */
export interface Bench {
  readonly name: string;
  /** In a line: what it measures against what. */
  readonly summary: string;
  run(options: BenchOptions): Promise<Figures>;
}

/** A sentence where a figure is beyond its bound. */
export const bounds = (
  ...figures: readonly {
    readonly key: string;
    readonly value: number;
    readonly least?: number;
    readonly most?: number;
  }[]
): readonly string[] =>
  figures.flatMap(({ key, value, least, most }) => {
    if (least !== undefined && !(value >= least))
      return [`${key} is ${value.toFixed(3)} and must be at least ${least}`];
    if (most !== undefined && !(value <= most)) return [`${key} is ${value.toFixed(3)} and must be at most ${most}`];
    return [];
  });
