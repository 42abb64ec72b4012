interface Link<Item> {
  readonly item: Item;
  readonly next: Link<Item> | undefined;
}

/** First in, first out, and never changed in place: adding and taking give a new queue that shares the rest. */
export interface Queue<Item> {
  readonly front: Link<Item> | undefined;
  /** What was added last, newest first. */
  readonly back: Link<Item> | undefined;
}

export const emptyQueue: Queue<never> = { front: undefined, back: undefined };

/** The queue with one more item at its end. */
export const enqueued = <Item>(queue: Queue<Item>, item: Item): Queue<Item> =>
  queue.front === undefined
    ? { front: { item, next: undefined }, back: undefined }
    : { front: queue.front, back: { item, next: queue.back } };

/** The queue of these items, the first one first. */
export const queueOf = <Item>(items: readonly Item[]): Queue<Item> => {
  const front = items.reduceRight<Link<Item> | undefined>((next, item) => ({ item, next }), undefined);
  return { front, back: undefined };
};

/** The queue without its first item. */
export const withoutFirst = <Item>({ front, back }: Queue<Item>): Queue<Item> => {
  if (front?.next !== undefined) return { front: front.next, back };
  let turned: Link<Item> | undefined;
  for (let link = back; link !== undefined; link = link.next) turned = { item: link.item, next: turned };
  return { front: turned, back: undefined };
};
