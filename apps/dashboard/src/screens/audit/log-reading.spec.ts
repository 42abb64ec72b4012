import type { Event } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { eventsOf, newestOf, positionBefore, type AskEvents } from './log-reading.ts';

const begin = Date.parse('2026-11-23T00:00:00.000Z');

/** A log with an event a second, and gaps; answers as the API does: what fits of a few thousand events at a time. */
const logOf = (positions: readonly number[], fits: (position: number) => boolean = () => true) => {
  const asked: number[] = [];
  const ask: AskEvents = (after, limit) => {
    asked.push(after);
    const rest = positions.filter((position) => position > after);
    const fitting = rest.slice(0, 5000).filter(fits);
    const items = fitting.slice(0, limit).map(eventAt);
    const isAll = fitting.length <= limit && rest.length <= 5000;
    const last = fitting.length > limit ? items.at(-1)?.position : rest[4999];
    return Promise.resolve({ items, next: isAll ? null : (last ?? null) });
  };
  return { ask, asked };
};

const eventAt = (position: number): Event => ({
  ...{ id: `e${position}`, type: 'T', version: 1, at: new Date(begin + position * 1000).toISOString() },
  ...{ subject: 's', position, data: {}, producer: 'p' },
});

const range = (count: number, step = 1): readonly number[] => Array.from({ length: count }, (_, at) => (at + 1) * step);

const backwards = async (ask: AskEvents, end: number): Promise<readonly number[]> => {
  const seen: number[] = [];
  let reach: { readonly floor: number; readonly end: number } | undefined = { floor: 0, end };
  while (reach !== undefined) {
    const { items, rest }: Awaited<ReturnType<typeof newestOf>> = await newestOf(ask, reach);
    seen.push(...items.map(({ position }) => position));
    reach = rest;
  }
  return seen;
};

describe('the log from its end', () => {
  it.each([
    ['a short one', range(3)],
    ['one of many windows', range(30_000)],
    ['one with gaps', range(3000, 7)],
  ])('has each event once, newest first: %s', async (_, positions) => {
    const { ask } = logOf(positions);
    expect(await backwards(ask, positions.at(-1) ?? 0)).toEqual(positions.toReversed());
  });

  it('looks far where little fits', async () => {
    const { ask, asked } = logOf(range(200_000), (position) => position === 7);
    expect(await backwards(ask, 200_000)).toEqual([7]);
    expect(asked.length).toBeLessThan(60);
  });

  it('leaves out what came after one had begun', async () => {
    const { ask } = logOf(range(10));
    expect(await backwards(ask, 8)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('is read in order from the first event of a part to its last', async () => {
    const { ask } = logOf(range(9000));
    const found = await Array.fromAsync(eventsOf(ask, { floor: 10, end: 7000 }));
    expect(found.map(({ position }) => position)).toEqual(range(7000).slice(10));
  });
});

describe('the place of a time in the log', () => {
  it.each([
    [0, 0],
    [1, 0],
    [7, 0],
    [8, 7],
    [14, 7],
    [15, 14],
    [700, 693],
    [9999, 700],
  ])('of second %i it is %i or within the gap behind it', async (second, position) => {
    const { ask } = logOf(range(100, 7));
    const place = await positionBefore(ask, new Date(begin + second * 1000), 700);
    const { items } = await ask(place, 1);
    expect(items[0]?.position).toBe(range(100, 7).find((each) => each >= second));
    expect(place).toBeGreaterThanOrEqual(position);
  });
});
