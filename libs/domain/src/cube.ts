/**
 * A list that never changes and whose copies share what they have in common: replacing one item copies some 150 slots,
 * whatever the length. It keeps `evolve` pure for plans of 100,000 steps; a plain array would be copied as a whole for
 * every event, an array changed in place would make old states wrong.
 */
export type Cube<Item> = readonly (readonly (readonly Item[])[])[];

const bits = 6;
const width = 1 << bits;
const mask = width - 1;

/** The list with these items, in their order. */
export const cubeOf = <Item>(items: readonly Item[]): Cube<Item> => chunked(chunked(items));

/** The item at an index, undefined beyond the end. */
export const itemAt = <Item>(cube: Cube<Item>, index: number): Item | undefined =>
  cube[index >> (2 * bits)]?.[(index >> bits) & mask]?.[index & mask];

/** The same list with another item at an index that it has; the same list where it has no such index. */
export const withItem = <Item>(cube: Cube<Item>, index: number, item: Item): Cube<Item> => {
  const square = cube[index >> (2 * bits)];
  const row = square?.[(index >> bits) & mask];
  if (square === undefined || row === undefined || (index & mask) >= row.length) return cube;
  return replaced(
    cube,
    index >> (2 * bits),
    replaced(square, (index >> bits) & mask, replaced(row, index & mask, item)),
  );
};

const replaced = <Item>(items: readonly Item[], index: number, item: Item): readonly Item[] => {
  const copy = items.slice();
  copy[index] = item;
  return copy;
};

const chunked = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / width) }, (_, at) => items.slice(at * width, (at + 1) * width));
