import { alternately } from '@osm/testing/bench-figures';
import { bounds, type Bench } from './bench.ts';
import { imageIdOf } from './pattern.ts';
import { startGlanceServer } from './start-glance-server.ts';
import { buildImageMover } from './start-image-mover.ts';

const fleet = 8;
const bytes = 512 * 1024 ** 2;
const connectionBytesPerSecond = 50e6;

/** Eight images over a line that gives each connection its share and no more, against one image over the same line. */
export const imageFleet: Bench = {
  name: 'image-fleet',
  summary: '8 images at once, each connection held to 50 MB/s, against one stream',
  run: async ({ rounds, tell }) => {
    const move = await buildImageMover();
    const source = await startGlanceServer({ full: true, connectionBytesPerSecond });
    const destination = await startGlanceServer({ full: false, connectionBytesPerSecond });
    const moving = (count: number) => async () => {
      const ids = Array.from({ length: count }, (_, image) => imageIdOf(image, bytes));
      for (const id of ids) await destination.create(id);
      const moved = await move({ source: source.url, destination: destination.url, ids });
      for (const id of ids) await destination.remove(id);
      return {
        mbPerSecond: moved.bytes / 1e6 / moved.seconds,
        cpuSecondsPerGib: moved.cpuSeconds / (moved.bytes / 1024 ** 3),
        peakRssMiB: moved.peakRssMiB,
      };
    };
    const sides = await alternately(rounds, { fleet: moving(fleet), one: moving(1) }, (side, round, { mbPerSecond }) =>
      tell(`${round + 1}: ${side} ${mbPerSecond.toFixed(1)} MB/s`),
    );
    await Promise.all([source.end(), destination.end()]);
    const ratio = sides.fleet.mbPerSecond.median / sides.one.mbPerSecond.median;
    return { sides, keys: { ratio }, missed: bounds({ key: 'ratio', value: ratio, least: 7.5 }) };
  },
};
