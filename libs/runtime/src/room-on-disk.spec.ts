import { openPlaces, systemClock } from '@osm/platform';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { withRoom } from './room-on-disk.ts';

const order = (signal: AbortSignal, told: string[]) => ({
  ...({ places: [], priority: 'normal', signal } as const),
  waiting: (what: string) => void told.push(what),
});

/** A clock on which a second is over at once. */
const quick = () => {
  let now = 0;
  return {
    now: () => new Date((now += 1001)),
    sleep: async (_: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
    },
  };
};

it('gives no place while the disk is short of room, and says what is waited for', async () => {
  const told: string[] = [];
  const said: string[] = [];
  const stopping = new AbortController();
  const clock = quick();
  const places = withRoom(openPlaces(), {
    ...{ directories: [tmpdir()], least: Number.MAX_SAFE_INTEGER, clock },
    say: (what) => void said.push(what),
  });
  const taking = places.take({
    ...order(stopping.signal, told),
    waiting: (what) => {
      told.push(what);
      if (told.length === 3) stopping.abort(new Error('stopped'));
    },
  });
  await expect(taking).rejects.toThrow('stopped');
  expect(told[0]).toMatch(new RegExp(`^room on the disk: ${tmpdir()} has \\d+ MiB free, \\d+ MiB are needed$`));
  expect(said).toHaveLength(1);
});

it('asks for no room where none is wanted', async () => {
  const places = withRoom(openPlaces(), { directories: [tmpdir()], least: 0, clock: systemClock, say: () => {} });
  const told: string[] = [];
  (await places.take(order(new AbortController().signal, told)))();
  expect(told).toEqual([]);
});
