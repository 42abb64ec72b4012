import type { Event } from '@osm/api-client';

/** Asks for events after a position, oldest first; `next` is where to go on, null at the end of the log. */
export type AskEvents = (
  after: number,
  limit: number,
) => Promise<{ readonly items: readonly Event[]; readonly next: number | null }>;

/** A part of the log: after `floor`, up to `end`. */
export interface Reach {
  readonly floor: number;
  readonly end: number;
}

/** Events of one request. */
const perRequest = 1000;

/** Rows that make a page, and positions that are looked at first for them. */
const rows = 200;
const firstWindow = 500;

/**
 * The newest events of a part of the log, newest first, and the part that is left; undefined: that was all. The API tells
 * the oldest first: so windows are read from the end on, larger ones where little fits.
 */
export const newestOf = async (
  ask: AskEvents,
  { floor, end }: Reach,
): Promise<{ readonly items: readonly Event[]; readonly rest: Reach | undefined }> => {
  const items: Event[] = [];
  let top = end;
  let window = firstWindow;
  while (items.length < rows && top > floor) {
    const bottom = Math.max(floor, top - window);
    const part = await Array.fromAsync(eventsOf(ask, { floor: bottom, end: top }));
    items.push(...part.toReversed());
    top = bottom;
    window *= 4;
  }
  return { items, rest: top > floor ? { floor, end: top } : undefined };
};

/** The events of a part of the log, oldest first. */
export async function* eventsOf(ask: AskEvents, { floor, end }: Reach): AsyncGenerator<Event, void, void> {
  let after: number | null = floor;
  while (after !== null && after < end) {
    const { items, next }: Awaited<ReturnType<AskEvents>> = await ask(after, Math.min(perRequest, end - after));
    for (const event of items) {
      if (event.position > end) return;
      yield event;
    }
    after = next;
  }
}

/**
 * The position after which the events of a time and later are. Times of different processes differ a little: order is given
 * by positions alone, so that a few events near it may stand on the other side.
 */
export const positionBefore = async (ask: AskEvents, time: Date, head: number): Promise<number> => {
  let [low, high] = [0, head];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [first] = (await ask(middle, 1)).items;
    if (first === undefined || new Date(first.at) >= time) high = middle;
    else low = Math.max(middle + 1, Math.min(first.position, high));
  }
  return low;
};
