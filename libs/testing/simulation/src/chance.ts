/** Chance that a seed decides: the same seed gives the same numbers, on every machine. */
export interface Chance {
  /** From 0, less than 1. */
  fraction(): number;
  /** A whole number from 0, less than `n`. */
  below(n: number): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** Whether something happens that happens so often. */
  happens(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(items: readonly T[]): T;
  /** Another order. */
  shuffled<T>(items: readonly T[]): readonly T[];
}

/** Four words of state, stirred by sfc32; the seed is spread over them by splitmix32. */
export const chanceOf = (seed: number): Chance => {
  let spread = seed >>> 0;
  const word = (): number => {
    spread = (spread + 0x9e3779b9) >>> 0;
    let mixed = spread ^ (spread >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  let [a, b, c, counter] = [word(), word(), word(), word()];
  const fraction = (): number => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum / 0x1_0000_0000;
  };
  const below = (n: number): number => Math.floor(fraction() * n);
  const pick = <T>(items: readonly T[]): T => {
    const [item] = items.slice(below(items.length));
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  };
  return {
    fraction,
    below,
    between: (least, most) => least + below(most - least + 1),
    happens: (probability) => probability > 0 && fraction() < probability,
    pick,
    shuffled: (items) => {
      const rest = [...items];
      return items.map(() => rest.splice(below(rest.length), 1)).flat();
    },
  };
};
