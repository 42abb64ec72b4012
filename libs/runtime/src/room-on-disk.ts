import type { Clock } from '@osm/kernel';
import type { PlaceOrder, Places } from '@osm/platform';
import { statfs } from 'node:fs/promises';

export interface RoomOptions {
  /** Where this process writes; each must have room. */
  readonly directories: readonly string[];
  /** Bytes that must be free before a step is begun; 0: none. */
  readonly least: number;
  readonly clock: Clock;
  /** Hears when work begins to wait for room, and when it goes on. */
  readonly say: (what: string) => void;
}

/** Milliseconds for which a look at the disk holds. */
const lookMs = 1000;

/** Free bytes, as far as the user may have them. */
const freeBytes = async (directory: string): Promise<number> => {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
};

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MiB`;

/**
 * Places that are given only while the disk has room: a step that is not begun needs none, and what is under way keeps what
 * is left to record how it ends.
 */
export const withRoom = (places: Places, { directories, least, clock, say }: RoomOptions): Places => {
  let looked = -Infinity;
  let short: string | undefined;
  const look = async (): Promise<string | undefined> => {
    const now = clock.now().getTime();
    if (Math.abs(now - looked) < lookMs) return short;
    looked = now;
    const before = short;
    short = await shortage(directories, least);
    if (before === undefined && short !== undefined) say(`no further step is begun: waiting for ${short}`);
    if (before !== undefined && short === undefined) say('there is room on the disk again: steps are begun');
    return short;
  };
  const room = async ({ signal, waiting }: PlaceOrder): Promise<void> => {
    for (let what = await look(); what !== undefined; what = await look()) {
      waiting(what);
      await clock.sleep(lookMs, signal);
    }
  };
  return {
    limit: (kind, most) => places.limit(kind, most),
    take: async (order) => {
      await room(order);
      return places.take(order);
    },
  };
};

const shortage = async (directories: readonly string[], least: number): Promise<string | undefined> => {
  for (const directory of directories) {
    const free = await freeBytes(directory);
    if (free < least)
      return `room on the disk: ${directory} has ${mebibytes(free)} free, ${mebibytes(least)} are needed`;
  }
  return undefined;
};
